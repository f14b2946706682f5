/** A change of one network leaves the others of its host as they run, whatever has become of their definitions, or of the memory of them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hostAt, makeNetwork, type System, startSystem, until } from './system.ts';

describe('a change does what it is asked', { timeout: 60_000 }, () => {
  let system: System;
  const id: Record<string, string> = {};
  before(async () => {
    system = await startSystem(1);
    for (const [at, name] of ['red', 'blue', 'green'].entries())
      id[name] = await makeNetwork(system, name, { vlan: 7 + at });
  });
  after(() => system?.stop());

  const setup = async (body: object) => {
    const reply = await hostAt(system, 0).request('POST', '/setupnetworks', body);
    assert.equal(reply.status, 200, reply.text);
  };
  const attach = (network: string, nic: string, more: object = {}) => ({
    modified_network_attachments: {
      network_attachment: [{ network: { name: network }, host_nic: { name: nic }, ...more }],
    },
  });
  const attachment = async (network: string) =>
    (await hostAt(system, 0).request('GET', '/networkattachments', undefined, { accept: 'application/json' }))
      .items('network_attachment')
      .find((one) => one.network?.id === id[network]);
  const vlanOf = async (name: string) =>
    (await hostAt(system, 0).memory.kernel.observe()).links.find((link) => link.name === name)?.vlan;

  test('a definition that was held back from the host does not come along', async () => {
    await setup(attach('red', 'eth1'));
    const held = await system.api.request('PUT', `/networks/${id['red']}?propagate=false`, { vlan: { id: 70 } });
    assert.equal(held.status, 200, held.text);
    await setup(attach('blue', 'eth1'));
    assert.equal(await vlanOf('eth1.7'), 7, 'red runs as before');
    assert.equal((await attachment('red'))?.in_sync, false);
    await setup({
      synchronized_network_attachments: { network_attachment: [{ id: (await attachment('red'))?.id }] },
    });
    assert.deepEqual([await vlanOf('eth1.7'), await vlanOf('eth1.70'), await vlanOf('eth1.8')], [undefined, 70, 8]);
    assert.equal((await attachment('red'))?.in_sync, true);
  });

  test('what was taken from a host without a word to its engine is not asked for again', async () => {
    await setup(attach('green', 'eth4'));
    const { store } = system.engine.engine;
    const own = await attachment('green');
    await store.write((tx) => tx.remove('attachment', own?.id ?? ''));
    assert.equal((await hostAt(system, 0).request('POST', '/refresh', {})).status, 200);
    assert.equal(await attachment('green'), undefined);
    await setup(
      attach('blue', 'eth1', { properties: { property: [{ name: 'bridge_opts', value: 'forward_delay=0' }] } }),
    );
    assert.equal(await vlanOf('eth4.9'), undefined, 'the wish holds');
  });

  test('what a host runs by the word of an engine that has forgotten it is remembered, and stays', async () => {
    const address = { address: '10.9.0.5', netmask: '255.255.255.0', gateway: '10.9.0.1' };
    const ip_address_assignment = [{ assignment_method: 'static', ip: { ...address, version: 'v4' } }];
    await setup({
      modified_bonds: {
        host_nic: [
          {
            name: 'bond3',
            bonding: {
              slaves: { host_nic: [{ name: 'eth2' }, { name: 'eth3' }] },
              options: { option: [{ name: 'mode', value: '1' }] },
            },
          },
        ],
      },
      ...attach('green', 'bond3', {
        ip_address_assignments: { ip_address_assignment },
        properties: { property: [{ name: 'bridge_opts', value: 'forward_delay=0' }] },
      }),
    });
    // As in a store that is of a backup of before.
    const { store } = system.engine.engine;
    const lost = [await attachment('green'), await attachment('blue')].flatMap((one) => one?.id ?? []);
    const bond = await hostAt(system, 0).nic('bond3');
    assert.equal(lost.length, 2);
    await store.write(async (tx) => {
      for (const one of lost) await tx.remove('attachment', one);
      await tx.remove('nic', bond);
      const identity = await tx.get('host_identity', hostAt(system, 0).id);
      if (identity !== undefined) await tx.put('host_identity', { ...identity, epoch: identity.epoch - 1 });
    });
    system.engine.engine.hosts.drop(hostAt(system, 0).id);
    await until('the host has greeted again', async () => (await attachment('green')) !== undefined);

    const found = await attachment('green');
    assert.equal(found?.in_sync, true, 'it is what the host was told');
    assert.equal(found?.host_nic?.id, await hostAt(system, 0).nic('bond3'));
    const { gateway, netmask, address: own } = found?.ip_address_assignments?.[0]?.ip ?? {};
    assert.deepEqual({ address: own, netmask, gateway }, address);
    await setup({ removed_network_attachments: { network_attachment: [{ id: found?.id }] } });
    assert.deepEqual([await vlanOf('bond3.9'), await vlanOf('eth1.8')], [undefined, 8], 'blue stays');
    const options = (await hostAt(system, 0).memory.kernel.observe()).links.find(({ name }) => name === 'bond3')?.bond;
    assert.equal(options?.options['mode'], '1', 'and so does the bond, which carries nothing');
  });
});
