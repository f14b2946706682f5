/** A thousand devices at once, on a real kernel. Runs on a lab host, as root, and uses eth1. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import { batch, essence, eventsDuring, kernel, network } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { rehearse } from '../rehearse/rehearse.ts';
import { programs, RealHost } from './real-host-for-tests.ts';

const COUNT = 500;
const nothing: HostConfig = { bonds: {}, networks: {} };
const everything: HostConfig = {
  bonds: {},
  networks: Object.fromEntries(
    Array.from({ length: COUNT }, (_, at): [string, NetworkConfig] => [
      `n${at + 1}`,
      network({ base: 'eth1', vlan: at + 1 }),
    ]),
  ),
};

describe('a thousand devices', { skip: programs === null && 'runs on a lab host', timeout: 300_000 }, () => {
  let start: KernelState;
  let host: RealHost;
  before(async () => {
    await batch('link set eth1 up');
    start = await kernel.observe();
    host = await RealHost.open(() => ({ rehearse: (before, ops) => rehearse(before, ops, {}) }));
  });
  after(async () => {
    await host.keep(nothing);
    await host.close();
    assert.deepEqual(essence(await kernel.observe()), essence(start));
  });

  test('HT-140 500 VLANs and 500 bridges in one request, within ten seconds and one look at the result', async (t) => {
    const { live, checkpoints } = host.parts;
    const done: string[] = [];
    host.parts.live = {
      observe: (also) => {
        done.push('look');
        return live.observe(also);
      },
      execute: async (...args) => {
        done.push('execute');
        return live.execute(...args);
      },
    };
    host.parts.checkpoints = {
      ...checkpoints,
      reach: async (name) => {
        if (name === 'APPLYING' || name === 'APPLIED') done.push(name);
        return checkpoints.reach(name);
      },
    };
    const begun = performance.now();
    const { outcome, problem, timings } = await host.change(everything, { rehearse: true });
    const took = performance.now() - begun;
    Object.assign(host.parts, { live, checkpoints });
    assert.deepEqual([outcome, problem], ['committed', null]);
    t.diagnostic(`${Math.round(took)} ms: ${JSON.stringify(timings)}`);
    const { links } = await kernel.observe();
    const bridges = new Map(links.flatMap(({ kind, index, name }) => (kind === 'bridge' ? [[name, index]] : [])));
    const vlans = links.filter(({ kind }) => kind === 'vlan');
    assert.equal(bridges.size, COUNT);
    assert.deepEqual(
      vlans.map(({ base, vlan, master, adminUp }) => [base, vlan, master, adminUp]).sort(),
      Array.from({ length: COUNT }, (_, at) => ['eth1', at + 1, `n${at + 1}`, true]).sort(),
    );
    assert.deepEqual(done.slice(done.indexOf('APPLYING'), done.indexOf('APPLIED') + 1), [
      ...['APPLYING', 'execute', 'look', 'APPLIED'],
    ]);
    assert.ok(took < 10_000, `${took} ms`);
  });

  test('HT-141 the same again is no change, within a second', async (t) => {
    let took = 0;
    const events = await eventsDuring(async () => {
      const begun = performance.now();
      const { changed } = await host.change(everything, { rehearse: true });
      took = performance.now() - begun;
      assert.equal(changed, false);
    });
    assert.deepEqual(events, []);
    t.diagnostic(`${Math.round(took)} ms`);
    assert.ok(took < 1_000, `${took} ms`);
  });
});
