/** What is refused before anything is done (HT-197 to HT-208): with its code, the kernel untouched, and the outcome said. */
import assert from 'node:assert/strict';
import type { AgentProblem, HostConfig, NetworkConfig } from '@patchbay/protocol';
import { bond, network } from '../execute/real-kernel-for-tests.ts';
import { config, kernelCase, kernelCases } from './kit/case.ts';
import type { CaseHost } from './kit/host.ts';

type Code = AgentProblem['code'];

/** Each is refused with its code. */
async function all(
  host: CaseHost,
  cases: readonly (readonly [what: string, config: unknown, code: Code])[],
): Promise<void> {
  for (const [what, wanted, code] of cases) {
    const problem = await host.refused(wanted);
    assert.equal(problem.code, code, `${what}: ${problem.message}`);
  }
}

/** A network with something in it that its type does not allow. */
const raw = (part: object, name = 'blue') => ({
  bonds: {},
  networks: { [name]: { ...network({ base: 'nic1' }), ...part } },
});
const static4 = (part: object) =>
  raw({ ipv4: { method: 'static', address: '198.51.100.5', prefix: 24, gateway: null, ...part } });
const static6 = (part: object) =>
  raw({ ipv6: { method: 'static', address: '2001:db8::5', prefix: 64, gateway: null, ...part } });
const without = (name: string, of: Record<string, unknown>) => {
  const { [name]: _, ...rest } = of;
  return rest;
};

kernelCases('validation', () => {
  kernelCase('HT-197 an unknown nic, an unknown bond', async (host) => {
    await all(host, [
      ['nic', config({ blue: { base: 'nic9' } }), 'ERR_BAD_NIC'],
      ['slave', config({}, { bond0: bond(['nic9']) }), 'ERR_BAD_NIC'],
      ['no name of a nic', raw({ base: 'nic 1' }), 'ERR_BAD_NIC'],
      ['bond', config({ blue: { base: 'bond0' } }), 'ERR_BAD_BONDING'],
    ]);
  });

  kernelCase('HT-198 names that no bridge can have, and a network without a bridge may', async (host) => {
    for (const name of ['sixteencharacter', 'a b', 'a\tb', 'a.b', 'a:b', '-a', '']) {
      const problem = await host.refused(config({ [name]: { base: 'nic1' } }));
      assert.equal(problem.code, 'ERR_BAD_BRIDGE', JSON.stringify(name));
      await host.reach(config({ [name]: { base: 'nic1', vlan: 5, bridged: false } }));
    }
  });

  kernelCase(
    'HT-199 nothing is removed by a word: what is not asked for goes, and an unknown word is refused',
    async (host) => {
      await all(host, [
        ['with attributes', raw({ remove: true }), 'ERR_BAD_PARAMS'],
        ['by itself', { bonds: {}, networks: { nosuch: { remove: true } } }, 'ERR_BAD_PARAMS'],
      ]);
      await host.reach(config({ blue: { base: 'nic1' } }));
      await host.reach(config({}));
      assert.deepEqual(await host.plan(config({})), [], 'what is not there needs no removal');
    },
  );

  kernelCase('HT-200 networks without what must be below them, VLAN ids out of range', async (host) => {
    await all(host, [
      ['without a bridge', config({ blue: { bridged: false } }), 'ERR_BAD_PARAMS'],
      ['tagged', config({ blue: { vlan: 5 } }), 'ERR_BAD_VLAN'],
      ...[-1, 4095, 1.5, '5', 'five'].map((vlan) => [`vlan ${vlan}`, raw({ vlan }), 'ERR_BAD_VLAN'] as const),
    ]);
  });

  kernelCase('HT-201 two networks with the same nic or bond and VLAN id', async (host) => {
    const twice = (base: string, vlan: number | null, bonds: HostConfig['bonds'] = {}) =>
      config({ blue: { base, vlan }, red: { base, vlan } }, bonds);
    await all(host, [
      ['nic', twice('nic1', null), 'ERR_BAD_PARAMS'],
      ['nic, tagged', twice('nic1', 0), 'ERR_BAD_PARAMS'],
      ['bond', twice('bond0', null, { bond0: bond(['nic1']) }), 'ERR_BAD_PARAMS'],
      ['bond, tagged', twice('bond0', 5, { bond0: bond(['nic1']) }), 'ERR_BAD_PARAMS'],
    ]);
  });

  kernelCase('HT-202 names that no bond can have, bonds without nics', async (host) => {
    const named = (name: string) => config({}, { [name]: bond(['nic1']) });
    await all(host, [
      ...['bond', 'bond bad', 'jamesbond007', 'bond.0', 'bondwithalongname'].map(
        (name) => [name, named(name), 'ERR_BAD_BONDING'] as const,
      ),
      ['no nics', { bonds: { bond0: { slaves: [], options: {} } }, networks: {} }, 'ERR_BAD_PARAMS'],
      ['no list', { bonds: { bond0: { options: {} } }, networks: {} }, 'ERR_BAD_PARAMS'],
    ]);
  });

  kernelCase('HT-203 a nic of a network and of a bond, in one step and in two', async (host) => {
    const both = config({ blue: { base: 'nic1' } }, { bond0: bond(['nic1', 'nic2']) });
    await all(host, [
      ['one step', both, 'ERR_USED_NIC'],
      ['tagged', config({ blue: { base: 'nic1', vlan: 5 } }, { bond0: bond(['nic1']) }), 'ERR_USED_NIC'],
      ['two bonds', config({}, { bond0: bond(['nic1']), bond1: bond(['nic1']) }), 'ERR_USED_NIC'],
    ]);
    await host.reach(config({ blue: { base: 'nic1' } }));
    await all(host, [['network first', both, 'ERR_USED_NIC']]);
    await host.reach(config({}, { bond0: bond(['nic1', 'nic2']) }));
    await all(host, [['bond first', both, 'ERR_USED_NIC']]);
  });

  kernelCase('HT-204 a slave that carries a foreign VLAN', async (host) => {
    await host.foreign(['link add link nic1 name nic1.77 type vlan id 77'], ['link del dev nic1.77']);
    await all(host, [['slave', config({}, { bond0: bond(['nic1', 'nic2']) }), 'ERR_USED_NIC']]);
  });

  kernelCase('HT-205 a bond under a network is not removed', async (host) => {
    await host.reach(config({ blue: { base: 'bond0' } }, { bond0: bond(['nic1', 'nic2']) }));
    await all(host, [['bond', config({ blue: { base: 'bond0' } }), 'ERR_USED_BOND']]);
  });

  kernelCase('HT-206 IPv4 addresses that are none, and parts of them', async (host) => {
    const ipv4 = static4({}).networks['blue']?.ipv4 as Record<string, unknown>;
    const of = (part: Record<string, unknown>) => raw({ ipv4: part });
    await all(host, [
      ['without a mask', of(without('prefix', ipv4)), 'ERR_BAD_ADDR'],
      ['mask without an address', of(without('address', ipv4)), 'ERR_BAD_ADDR'],
      ['gateway without an address', of({ method: 'none', gateway: '198.51.100.1' }), 'ERR_BAD_ADDR'],
      ...['1.2.3.256', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4/24', ''].flatMap(
        (address) =>
          [
            [`address ${address}`, static4({ address }), 'ERR_BAD_ADDR'],
            [`gateway ${address}`, static4({ gateway: address }), 'ERR_BAD_ADDR'],
          ] as const,
      ),
      ['static and DHCP', of({ ...ipv4, method: 'dhcp' }), 'ERR_BAD_ADDR'],
      ['gateway elsewhere', static4({ gateway: '203.0.113.1' }), 'ERR_BAD_ADDR'],
      ['more addresses', raw({ moreAddresses: ['198.51.100.7'] }), 'ERR_BAD_ADDR'],
    ]);
  });

  kernelCase('HT-207 prefixes out of range, a mask beside a prefix, IPv6 addresses that are none', async (host) => {
    await all(host, [
      ['mask and prefix', static4({ netmask: '255.255.255.0' }), 'ERR_BAD_PARAMS'],
      ...[33, -1, 24.5, '24'].map((prefix) => [`prefix ${prefix}`, static4({ prefix }), 'ERR_BAD_ADDR'] as const),
      ...['2001:db8::g', '2001:db8', '::1::', '2001:db8::5/64', ''].map(
        (address) => [`address ${address}`, static6({ address }), 'ERR_BAD_ADDR'] as const,
      ),
      ['without a prefix', static6({ prefix: undefined }), 'ERR_BAD_ADDR'],
      ['prefix 129', static6({ prefix: 129 }), 'ERR_BAD_ADDR'],
    ]);
  });

  kernelCase(
    'HT-208 two default routes, a bad word for spanning tree, two carriers, names that get too long',
    async (host) => {
      const routed = (base: string): Partial<NetworkConfig> => ({ base, defaultRoute: true });
      await host.foreign(
        ['link add name averylongname type veth peer name farx netns far'],
        ['link del dev averylongname'],
      );
      await all(host, [
        ['two default routes', config({ blue: routed('nic1'), red: routed('nic2') }), 'ERR_BAD_PARAMS'],
        ['spanning tree', raw({ stp: 'maybe' }), 'ERR_BAD_PARAMS'],
        ['nic and bonding', raw({ bonding: 'bond0' }), 'ERR_BAD_PARAMS'],
        ['too long', config({ blue: { base: 'averylongname', vlan: 4094 } }), 'ERR_BAD_VLAN'],
      ]);
    },
  );

  kernelCase('X16 false is false, and one network has one carrier', async (host) => {
    await host.reach(config({ blue: { base: 'nic1' } }));
    await all(host, [
      ['remove: false', raw({ remove: false }), 'ERR_BAD_PARAMS'],
      ['two carriers', raw({ nic: 'nic1', bonding: 'bond0' }), 'ERR_BAD_PARAMS'],
    ]);
  });

  kernelCase('X17 whatever is wrong has a code, a sentence and an outcome', async (host) => {
    const wrong: unknown[] = [
      null,
      'a config',
      [],
      {},
      { bonds: {} },
      { bonds: [], networks: {} },
      { bonds: {}, networks: { blue: null } },
      { bonds: {}, networks: { blue: { base: 'nic1' } } },
      raw({ ipv6: { method: 'static', address: 'fe80:::1', prefix: 64, gateway: null } }),
      raw({ mtu: 'large' }),
      raw({ nameservers: 'none' }),
      config({}, { bond0: bond(['nic1'], { mode: 'round-robin' }) }),
      JSON.parse('{"bonds":{},"networks":{"__proto__":{"base":"nic1"}}}'),
    ];
    for (const one of wrong) {
      const { code, message } = await host.refused(one);
      assert.match(code, /^ERR_BAD_/, JSON.stringify(one));
      assert.match(message, /^[A-Z].*\.$/s, message);
    }
  });
});
