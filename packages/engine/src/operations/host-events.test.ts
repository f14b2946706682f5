import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteHostEvents } from './host-events.ts';
import { aHost, anEngine } from './testing.ts';

test('however long the texts of a host are, what the log keeps of them is not', async () => {
  const engine = await anEngine();
  const long = 'x'.repeat(1_000_000);
  const words = { device: long, network: long, before: long, after: long };
  const kinds = ['address.changed', 'foreign.change', 'drift.repaired'] as const;
  await engine.store.write((tx) =>
    noteHostEvents(tx, engine, aHost('h', 'h1'), [
      ...kinds.map((kind) => ({ kind, ...words, stateVersion: 1 })),
      {
        kind: 'address.changed',
        device: 'eth1',
        network: null,
        before: '192.0.2.1',
        after: '192.0.2.2',
        stateVersion: 1,
      },
    ]),
  );
  const [last, ...others] = (await engine.store.events({})).map(({ description }) => description);
  assert.match(last ?? '', /eth1 of host h1 has address 192\.0\.2\.2 instead of 192\.0\.2\.1\.$/);
  assert.equal(others.length, kinds.length);
  for (const text of others) assert.ok(text.length < 10_000 && text.includes('xxx …'), `${text.length} characters`);
});
