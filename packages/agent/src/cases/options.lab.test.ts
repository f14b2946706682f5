/** Hardware addresses, options of bridges and settings of nics (HT-035 to HT-044). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { bond, ip } from '../execute/real-kernel-for-tests.ts';
import { config, kernelCase, kernelCases } from './kit/case.ts';
import { macOf } from './kit/host.ts';
import { addressesOf, link, linkEvents, sysfs } from './kit/look.ts';

const GIVEN = '3';

const withOptions = (bridgeOptions: Record<string, string>) => config({ blue: { base: 'nic1', bridgeOptions } });
const offload = (device: string) =>
  /^generic-receive-offload: (\w+)/m.exec(spawnSync('ethtool', ['-k', device], { encoding: 'utf8' }).stdout)?.[1];

kernelCases('options', () => {
  kernelCase('HT-035 a foreign port with a lower MAC leaves that of the bridge alone', async (host) => {
    await host.foreign(
      [
        'link add name tap0 address 02:00:00:00:00:01 type veth peer name tap1',
        'link set dev tap0 up',
        'link set dev tap1 up',
      ],
      ['link del dev tap0'],
    );
    await host.reach(config({ blue: { base: 'nic1' } }));
    await host.ip('link set dev tap0 master blue');
    assert.deepEqual(
      [link(await host.settled(), 'blue').mac, sysfs('blue', 'addr_assign_type')],
      [macOf('nic1'), GIVEN],
    );
    await host.ip('link set dev tap0 nomaster');
  });

  kernelCase('HT-036 a bond and its bridge, made together, have one MAC', async (host) => {
    const { state } = await host.reach(config({ blue: { base: 'bond0' } }, { bond0: bond(['nic2', 'nic1']) }));
    for (const name of ['blue', 'bond0', 'nic1', 'nic2']) assert.equal(link(state, name).mac, macOf('nic1'), name);
  });

  kernelCase('HT-037 a VLAN device has the MAC of what is below it, and follows it', async (host) => {
    const wanted = config(
      { blue: { base: 'nic1', vlan: 5, bridged: false }, red: { base: 'bond0', vlan: 5, bridged: false } },
      { bond0: bond(['nic2', 'nic3']) },
    );
    const { state } = await host.reach(wanted);
    assert.equal(link(state, 'nic1.5').mac, macOf('nic1'));
    assert.equal(link(state, 'bond0.5').mac, link(state, 'bond0').mac);
    const other = '02:00:00:00:30:01';
    await host.ip(`link set dev nic1 address ${other}`, `link set dev bond0.5 address ${other}`);
    const { state: after } = await host.reach(wanted);
    assert.equal(link(after, 'nic1.5').mac, other, 'it follows');
    assert.equal(link(after, 'bond0.5').mac, link(after, 'bond0').mac, 'it is put back');
    await host.ip(`link set dev nic1 address ${macOf('nic1')}`);
  });

  kernelCase('HT-038 options of a bridge are set', async (host) => {
    const options = { multicast_snooping: '0', multicast_router: '0', priority: '1' };
    await host.reach(withOptions(options));
    for (const [name, value] of Object.entries(options)) assert.equal(sysfs('blue', `bridge/${name}`), value, name);
  });

  kernelCase('HT-039 an unknown option is refused before anything is done', async (host) => {
    const problem = await host.refused(withOptions({ colour: '1' }));
    assert.equal(problem.code, 'ERR_BAD_PARAMS');
    assert.match(problem.message, /colour is not a bridge option of this kernel, which has forward_delay, /);
  });

  kernelCase('HT-040 options that are dropped return to what a new bridge has', async (host) => {
    const { forward_delay: usual, multicast_snooping: snoops } = host.offers.bridge?.fresh ?? {};
    await host.reach(withOptions({ forward_delay: '400', multicast_snooping: '0' }));
    await host.reach(withOptions({ forward_delay: '500' }));
    assert.deepEqual(
      [sysfs('blue', 'bridge/forward_delay'), sysfs('blue', 'bridge/multicast_snooping')],
      ['500', snoops],
    );
    await host.reach(withOptions({}));
    assert.equal(sysfs('blue', 'bridge/forward_delay'), usual);
  });

  kernelCase('HT-041 the order of options is no difference', async (host) => {
    await host.reach(withOptions({ hello_time: '300', max_age: '2500' }));
    assert.deepEqual((await host.reach(withOptions({ max_age: '2500', hello_time: '300' }))).events, []);
  });

  kernelCase('every option that the kernel offers is set, on a new bridge and on one that stands', async (host) => {
    const { fresh = {}, values = {} } = host.offers.bridge ?? {};
    const others = Object.entries(values).flatMap(([name, offered]) => {
      const [first] = candidates(name, offered).filter((value) => value !== fresh[name]);
      return first === undefined ? [] : [[name, first] as const];
    });
    const all = Object.fromEntries(others);
    assert.ok(others.length > 25, JSON.stringify(all));
    const { state } = await host.reach(withOptions(all));
    assert.deepEqual(link(state, 'blue').bridge?.options, { ...fresh, ...all });
    await host.reach(withOptions({}));
    const { state: again } = await host.reach(withOptions(all));
    assert.deepEqual(link(again, 'blue').bridge?.options, { ...fresh, ...all });
  });

  kernelCase('HT-042 an offload is set on every slave, seen, and restored', async (host) => {
    const of = (off: boolean) =>
      config(
        {
          blue: {
            base: 'bond0',
            ...(off ? { ethtool: [{ device: '*', section: 'features' as const, values: { gro: 'off' } }] } : {}),
          },
        },
        { bond0: bond(['nic1', 'nic2']) },
      );
    const before = offload('nic1');
    await host.reach(of(true));
    assert.deepEqual([offload('nic1'), offload('nic2')], ['off', 'off']);
    await host.reach(of(false));
    assert.deepEqual([offload('nic1'), offload('nic2')], [before, before]);
  });

  kernelCase('HT-043 a setting for a nic outside the network is refused', async (host) => {
    const ethtool = [{ device: 'nic3', section: 'features' as const, values: { gro: 'off' } }];
    const problem = await host.refused(config({ blue: { base: 'nic1', ethtool } }));
    assert.deepEqual([problem.code, problem.message], ['ERR_BAD_PARAMS', 'Network blue: nic3 does not carry it.']);
  });

  kernelCase('HT-044 further IPv4 addresses stay through another apply and a restore', async (host) => {
    const moreAddresses = ['198.51.100.6/24', '203.0.113.6/25'];
    const wanted = config({ blue: { base: 'nic1', ipv4: ip('198.51.100.5', '198.51.100.1'), moreAddresses } });
    const { state } = await host.reach(wanted);
    const all = ['198.51.100.5/24', ...moreAddresses];
    assert.deepEqual(addressesOf(state, 'blue'), all);
    await host.ip('addr del 203.0.113.6/25 dev blue');
    assert.deepEqual(addressesOf((await host.reach(wanted)).state, 'blue'), all);
    assert.deepEqual(addressesOf(await host.boot(), 'blue'), all);
  });

  kernelCase('X11 the MAC of a bridge is computed and given, whatever is made with it', async (host) => {
    const { state, events } = await host.reach(
      config({ blue: { base: 'bond0', vlan: 5 }, red: { base: 'nic3', vlan: 5 } }, { bond0: bond(['nic2', 'nic1']) }),
    );
    for (const [bridge, mac] of [
      ['blue', macOf('nic1')],
      ['red', macOf('nic3')],
    ] as const) {
      assert.deepEqual([link(state, bridge).mac, sysfs(bridge, 'addr_assign_type')], [mac, GIVEN]);
      const macs = linkEvents(events, bridge).flatMap((text) => /link\/ether (\S+)/.exec(text)?.[1] ?? []);
      assert.deepEqual([...new Set(macs)], [mac], 'from the first moment');
    }
  });

  kernelCase('X20 dropped options of bridges and nics do not stay in the kernel', async (host) => {
    const { state: before } = await host.reach(config({ blue: { base: 'nic1' } }));
    const ethtool = [{ device: '*', section: 'features' as const, values: { gro: 'off' } }];
    const start = offload('nic1');
    await host.reach(
      config({ blue: { base: 'nic1', ethtool, bridgeOptions: { ageing_time: '100', priority: '4096' } } }),
    );
    const { state } = await host.reach(config({ blue: { base: 'nic1' } }));
    assert.deepEqual(link(state, 'blue').bridge, link(before, 'blue').bridge);
    assert.equal(offload('nic1'), start);
  });

  kernelCase('what another hand wrote and set on a nic returns with it', async (host) => {
    const conf = 'net/ipv6/conf/nic1';
    const words = 'to "rack 4", port 7 # left';
    const set = (key: string, value: string) => spawnSync('sysctl', ['-qw', `${key}=${value}`]);
    set(`${conf}/accept_ra`, '0');
    set(`${conf}/autoconf`, '0');
    set('net/ipv4/conf/nic1/rp_filter', '1');
    host.afterwards(async () => {
      set(`${conf}/accept_ra`, '1');
      set(`${conf}/autoconf`, '1');
      set('net/ipv4/conf/nic1/rp_filter', '0');
      await host.ip('link set dev nic1 alias ""');
    });
    spawnSync('ip', ['link', 'set', 'dev', 'nic1', 'alias', words]);
    await host.foreign([], []);
    assert.equal(link(host.start, 'nic1').alias, words);
    const used = {
      base: 'nic1',
      bridged: false,
      ipv4: ip('198.51.100.5', '198.51.100.1'),
      ipv6: { method: 'autoconf' as const },
    };
    const { state } = await host.reach(config({ blue: used }));
    assert.equal(link(state, 'nic1').sysctls?.['ipv6/accept_ra'], '2');
    assert.match(link(state, 'nic1').alias ?? '', /^patchbay:nic:/);
    await host.reach(config({ blue: { base: 'nic1' } }));
  });
});

/** Values of an option that are neither its first nor its last choice, where there are any. */
function candidates(name: string, offered: object): string[] {
  if (name === 'group_addr') return ['01:80:c2:00:00:0e'];
  // What the others ask for is below it.
  if (name === 'hash_max') return ['1024'];
  if ('names' in offered) return [...(offered.names as string[])].reverse();
  if ('bits' in offered) return ['0x4000'];
  const { least, most } = offered as { least: number; most: number };
  return [Math.min(least + 1500, most), least].map(String);
}
