import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from '@patchbay/model';
import { Store } from '../store/index.ts';
import { readSettings, settingTexts, writeSettings } from './settings.ts';

test('What is set is kept, the rest is as oVirt has it', async () => {
  const store = await Store.open(':memory:');
  assert.deepEqual(await readSettings(store), defaultSettings);
  await writeSettings(store, { MaxHostNetworkQosShares: '200' });
  await writeSettings(store, { HostNetworkChangesRehearsed: 'false' });
  await writeSettings(store, { HostNetworkRepair: 'sysctls, rules' });
  await writeSettings(store, { UserDefinedNetworkCustomProperties: 'ethtool_opts=.*; rack=^[A-Z]{1,2}[0-9]+$;' });
  assert.deepEqual(await readSettings(store), {
    ...defaultSettings,
    maxQosShare: 200,
    changesRehearsed: false,
    repairs: ['rules', 'sysctls'],
    customProperties: { ethtool_opts: '.*', rack: '^[A-Z]{1,2}[0-9]+$' },
  });
  assert.equal((await settingTexts(store))['HostNetworkRepair'], 'rules,sysctls');
  for (const [text, allowed] of [
    ['report', 0],
    ['repair', 7],
  ] as const) {
    await writeSettings(store, { HostNetworkRepair: text });
    assert.equal((await readSettings(store)).repairs.length, allowed);
  }
  await store.close();
});

test('What cannot be set is refused, and nothing of it kept', async () => {
  const store = await Store.open(':memory:');
  const table: [Record<string, string>, RegExp][] = [
    [{ Nosuch: '1' }, /no setting Nosuch; there are MaxHostNetworkQosShares, /],
    [{ toString: '1' }, /no setting toString/],
    [
      { MaxHostNetworkQosShares: '200', MaxAverageNetworkQoSValue: 'much' },
      /MaxAverageNetworkQoSValue must be .* not "much"/,
    ],
    [{ HostNetworkChangesRehearsed: 'no' }, /must be true or false, not "no"/],
    [{ HostNetworkRepair: 'rules,bonds' }, /must be report, repair, or some of rules, .*, not "rules,bonds"/],
    [{ HostNetworkRepair: '' }, /must be report, repair/],
    [{ UserDefinedNetworkCustomProperties: 'a=(' }, /must be properties as NAME=PATTERN/],
    [{ UserDefinedNetworkCustomProperties: 'a' }, /must be properties as NAME=PATTERN/],
  ];
  for (const [given, words] of table) await assert.rejects(writeSettings(store, given), words);
  assert.deepEqual(await readSettings(store), defaultSettings);
  await store.close();
});
