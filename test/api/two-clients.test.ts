/** Two clients change one host at the same time: one after the other, and nothing that was accepted is lost. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { client } from '../client.ts';
import { type HostView, hostAt, makeNetwork, type System, startSystem } from './system.ts';

const rounds = 100;

describe('two clients at one host', { timeout: 300_000 }, () => {
  let system: System;
  before(async () => {
    system = await startSystem(1);
  });
  after(() => system.stop());

  test('a hundred changes each, and the end is what both were told', async () => {
    const host = hostAt(system, 0);
    const actors = [
      { network: await makeNetwork(system, 'left', { vlan: 11 }), nic: await host.nic('eth1') },
      { network: await makeNetwork(system, 'right', { vlan: 12 }), nic: await host.nic('eth1') },
    ];
    const { executed } = host.memory.kernel;
    const before = executed.length;
    const ends = await Promise.all(actors.map((actor) => alternate(system, host, actor)));
    const links = new Set((await host.memory.kernel.observe()).links.map((link) => link.name));
    const stored = await system.engine.engine.store.list('attachment', host.id);
    for (const [at, id] of ends.entries()) {
      assert.equal(stored.find((one) => one.networkId === actors[at]?.network)?.id, id, 'the store has the last one');
    }
    for (const name of ['left', 'right', 'eth1.11', 'eth1.12']) assert.ok(links.has(name), `the kernel has ${name}`);
    const made = executed.slice(before).filter((op) => op.kind === 'link.add' && op.type === 'vlan').length;
    assert.equal(made, rounds + 2, 'every accepted attachment reached the kernel once');
  });

  test('the change that would wait too long is told so, and works afterwards', async () => {
    const host = hostAt(system, 0);
    const { engine } = system.engine;
    const network = await makeNetwork(system, 'late', { vlan: 13 });
    const attach = async () =>
      host.request('POST', `/nics/${await host.nic('eth2')}/networkattachments`, { network: { id: network } });
    const usual = engine.lockPatience;
    engine.lockPatience = 50;
    await engine.locks.hold(host.id, 1000, async () => {
      const answers = [await attach(), await host.request('POST', '/refresh', {})];
      for (const { status, text } of answers) {
        assert.equal(status, 409, text);
        assert.match(text, /HOST-03/);
        assert.match(text, /host1/, 'it names the host');
      }
    });
    engine.lockPatience = usual;
    const done = await attach();
    assert.equal(done.status, 201, done.text);
  });
});

/** Attaches and detaches in turns, ends attached. @returns the last attachment's id */
async function alternate({ engine }: System, host: HostView, actor: { network: string; nic: string }): Promise<string> {
  const own = client(engine.url, 'secret');
  const path = `/hosts/${host.id}/nics/${actor.nic}/networkattachments`;
  const attach = async () => {
    const made = await own.request('POST', path, { network: { id: actor.network } });
    assert.equal(made.status, 201, made.text);
    const { id } = made.as('network_attachment');
    assert.ok(id);
    return id;
  };
  for (let round = 0; round < rounds; round += 2) {
    const gone = await own.request('DELETE', `${path}/${await attach()}`);
    assert.equal(gone.status, 200, gone.text);
  }
  return attach();
}
