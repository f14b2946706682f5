/** What a boot brings back, on a real kernel. Runs on a lab host, as root, and uses eth1 to eth5. */
import assert from 'node:assert/strict';
import { afterEach, before, describe, test } from 'node:test';
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import {
  addressesOf,
  batch,
  bond,
  essence,
  eventsDuring,
  ip,
  kernel,
  link,
  network,
  quiet,
} from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { planRestore } from '../plan/plan-for.ts';
import { LateNics } from './late-nics.ts';
import type { TransactionParts } from './parts.ts';
import { programs, RealHost } from './real-host-for-tests.ts';

const nothing: HostConfig = { bonds: {}, networks: {} };
const one = (part: Partial<NetworkConfig>): HostConfig => ({ bonds: {}, networks: { blue: network(part) } });

describe('boot restore on a real kernel', { skip: programs === null && 'runs on a lab host', timeout: 600_000 }, () => {
  let start: KernelState;
  let host: RealHost;
  before(async () => {
    await batch(...[1, 2, 3, 4, 5].map((nic) => `link set eth${nic} up`));
    start = await kernel.observe();
  });
  afterEach(async () => {
    await host.keep(nothing, { checkConnectivity: false });
    await host.close();
    await kernel.execute(planRestore(await kernel.observe(), start).ops);
    assert.deepEqual(essence(await kernel.observe()), essence(start), 'the next test finds a clean host');
  });

  const open = async (part: Partial<TransactionParts> = {}): Promise<void> => {
    host = await RealHost.open(() => part);
  };
  const names = async (): Promise<string[]> => (await kernel.observe()).links.map(({ name }) => name);

  test('HT-129 what was committed returns after it was removed', async () => {
    await open();
    await host.keep(one({ base: 'eth1', vlan: 5 }));
    await host.keep(nothing, { commit: false });
    assert.ok(!(await names()).includes('blue'));
    assert.equal(await host.restore(), null);
    assert.ok((await names()).includes('blue') && (await names()).includes('eth1.5'));
    assert.deepEqual(await host.parts.documents.running(), one({ base: 'eth1', vlan: 5 }));
  });

  test('HT-130 a committed DHCP network returns, and its client asks again', async () => {
    await open();
    const config = one({ base: 'eth1', ipv4: { method: 'dhcp' } });
    await host.keep(config);
    await host.keep(nothing, { commit: false });
    assert.deepEqual((await host.parts.kernel.observe()).dhcp, []);
    assert.equal(await host.restore(), null);
    const bound = async () => (await host.parts.kernel.observe()).dhcp;
    for (let n = 0; n < 100 && (await bound())[0]?.state !== 'bound'; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const [client] = await bound();
    assert.equal(client?.device, 'blue');
    assert.match(client?.address ?? '', /^192\.168\.100\./);
  });

  test('HT-131 a committed address returns after it was taken off', async () => {
    await open();
    await host.keep(one({ base: 'eth1', ipv4: ip('198.51.100.5') }));
    await host.keep(one({ base: 'eth1' }), { commit: false });
    assert.equal(await host.restore(), null);
    assert.deepEqual(addressesOf(await kernel.observe(), 'blue'), ['198.51.100.5']);
  });

  test('HT-132 a committed bond returns', async () => {
    await open();
    const config = {
      bonds: { bond0: bond(['eth1', 'eth2']) },
      networks: { blue: network({ base: 'bond0', vlan: 5 }) },
    };
    await host.keep(config);
    const before = await kernel.observe();
    await batch('link del bond0');
    assert.equal(await host.restore(), null);
    assert.deepEqual(essence(await kernel.observe()), essence(before));
  });

  test('HT-133 what was not committed is gone after a restore', async () => {
    await open();
    await host.keep(one({ base: 'eth1', vlan: 5 }));
    const red = { red: network({ base: 'eth2' }) };
    await host.keep({ bonds: {}, networks: { ...one({ base: 'eth1', vlan: 5 }).networks, ...red } }, { commit: false });
    assert.ok((await names()).includes('red'));
    assert.equal(await host.restore(), null);
    assert.ok(!(await names()).includes('red') && (await names()).includes('blue'));
  });

  test('HT-134 committed bridge options return after another hand changed them', async () => {
    await open();
    await host.keep(one({ base: 'eth1', bridgeOptions: { forward_delay: '400' } }));
    await batch('link set blue type bridge forward_delay 900');
    assert.equal(await host.restore(), null);
    assert.equal(link(await kernel.observe(), 'blue').bridge?.options['forward_delay'], '400');
  });

  test('HT-135 a bond with a slave missing at boot comes up with the rest, and takes the slave in when it appears', async () => {
    await open();
    const config = { bonds: { bond0: bond(['eth1', 'eth2']) }, networks: { blue: network({ base: 'bond0' }) } };
    await host.keep(config);
    await host.keep(nothing, { commit: false });
    await batch('link set eth2 down', 'link set eth2 name away0');
    assert.equal(await host.restore(), 'Missing after boot: eth2.');
    assert.deepEqual(link(await kernel.observe(), 'bond0').bond?.slaves, ['eth1']);
    const late = new LateNics(
      { ...host.parts, links: async () => (await host.parts.live.observe()).links },
      () => host.transactions.running() !== null,
    );
    await late.begin();
    await late.wake();
    assert.deepEqual(link(await kernel.observe(), 'bond0').bond?.slaves, ['eth1']);
    await batch('link set away0 name eth2');
    await late.wake();
    assert.deepEqual(link(await kernel.observe(), 'bond0').bond?.slaves, ['eth1', 'eth2']);
    assert.deepEqual(await host.parts.documents.running(), config);
  });

  test('HT-136 a network whose nic is missing at boot is skipped and told, the others come up', async () => {
    await open();
    await host.keep({
      bonds: {},
      networks: { blue: network({ base: 'eth1' }), red: network({ base: 'eth2', vlan: 5 }) },
    });
    await host.keep(nothing, { commit: false });
    await batch('link set eth2 down', 'link set eth2 name away0');
    assert.equal(await host.restore(), 'Missing after boot: eth2.');
    assert.ok((await names()).includes('blue') && !(await names()).includes('red'));
    await batch('link set away0 name eth2', 'link set eth2 up');
  });

  test('HT-137 a restore of what is there already makes no event of a link', async () => {
    await open();
    const networks = { blue: network({ base: 'bond0', vlan: 5, ipv4: ip('198.51.100.5', '198.51.100.1') }) };
    await host.keep({ bonds: { bond0: bond(['eth1', 'eth2']) }, networks });
    // What the change itself brings in its train comes to rest first.
    await quiet();
    const events = await eventsDuring(async () => assert.equal(await host.restore(), null));
    assert.deepEqual(events, []);
  });

  test('HT-138 three hundred VLAN networks are restored in one go, within five seconds', async (t) => {
    await open();
    const vlans = Array.from({ length: 300 }, (_, at): [string, NetworkConfig] => [
      `n${at}`,
      network({ base: 'eth1', vlan: 1000 + at, bridged: false }),
    ]);
    await host.parts.documents.setCommitted({ bonds: {}, networks: Object.fromEntries(vlans) });
    let executions = 0;
    const { kernel: real } = host.parts;
    const counting = {
      observe: real.observe.bind(real),
      execute: (...args: Parameters<typeof real.execute>) => {
        executions += 1;
        return real.execute(...args);
      },
    };
    const begun = performance.now();
    host.parts.kernel = counting;
    assert.equal(await host.restore(), null);
    const took = performance.now() - begun;
    t.diagnostic(`${Math.round(took)} ms`);
    host.parts.kernel = real;
    assert.equal(executions, 1);
    assert.equal((await names()).filter((name) => name.startsWith('eth1.')).length, 300);
    assert.ok(took < 5000, `${took} ms`);
  });
});
