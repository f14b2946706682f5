/** What goes wrong at a host: the answer says so, everything is as it was, and the next change works. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hostAt, makeNetwork, type System, startSystem, until } from './system.ts';

describe('failures at a host', { timeout: 300_000 }, () => {
  let system: System;
  let network: string;
  before(async () => {
    system = await startSystem(1);
    network = await makeNetwork(system, 'red', { vlan: 101 });
  });
  after(() => system.stop());

  const attach = async () => {
    const host = hostAt(system, 0);
    return host.request('POST', `/nics/${await host.nic('eth1')}/networkattachments`, { network: { id: network } });
  };
  const links = async () => {
    const { links } = await hostAt(system, 0).memory.kernel.observe();
    return links.map((link) => link.name);
  };

  test('a change that the kernel refuses half-way is taken back', async (t) => {
    const host = hostAt(system, 0);
    const { kernel } = host.memory;
    const before = await links();
    const execute = kernel.execute.bind(kernel);
    const refusal = t.mock.method(kernel, 'execute', async (...[ops, between]: Parameters<typeof execute>) => {
      const at = ops.findIndex((op) => op.kind === 'link.add' && op.type === 'bridge');
      const failed = ops[at];
      if (failed === undefined) return execute(ops, between);
      const done = await execute(ops.slice(0, at), between);
      return done.ok ? { ok: false as const, failed, message: 'No space left on device' } : done;
    });
    const refused = await attach();
    refusal.mock.restore();
    assert.equal(refused.status, 502, refused.text);
    assert.match(refused.text, /taken the change back/);
    assert.match(refused.text, /No space left on device/);
    assert.ok(refusal.mock.callCount() > 0);
    assert.deepEqual(await links(), before);
    assert.equal(await system.engine.engine.store.named('attachment', host.id, network), undefined);
    const next = await attach();
    assert.equal(next.status, 201, next.text);
    assert.ok((await links()).includes('eth1.101'));
  });

  test('a host without a connection is named, and nothing is stored', async () => {
    const host = hostAt(system, 0);
    const { store, hosts } = system.engine.engine;
    await host.memory.stop();
    await until('the engine has noticed', async () => !hosts.connected(host.id));
    const before = JSON.stringify(await store.list('attachment', host.id));
    const [attachment] = (await store.list('attachment', host.id)).filter((one) => one.networkId === network);
    const calls = [
      host.request('DELETE', `/networkattachments/${attachment?.id}`),
      host.request('POST', '/setupnetworks', {
        removed_network_attachments: { network_attachment: [{ id: attachment?.id }] },
      }),
      host.request('POST', '/refresh', {}),
      host.request('POST', '/commitnetconfig', {}),
    ];
    for (const { status, text } of await Promise.all(calls)) {
      assert.ok([409, 504].includes(status), `${status} ${text}`);
      assert.match(text, /host1/);
    }
    assert.equal(JSON.stringify(await store.list('attachment', host.id)), before);
  });
});
