/** Random valid changes of one host, each from what the one before has left. */
import type { System } from './system.ts';

/** Not those of management, by which the engine is reached. */
export const spare = ['eth1', 'eth2', 'eth3', 'eth4', 'eth5'];

/** A linear congruential generator (Park and Miller), so that a life can be lived again. */
export function chance(seed: number) {
  let state = seed % 2147483647 || 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return {
    happens: (probability: number) => next() < probability,
    upTo: (most: number) => next() * most,
    of: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T,
    some: <T>(items: readonly T[], count: number): T[] => {
      const left = [...items];
      return Array.from({ length: Math.min(count, left.length) }, () =>
        left.splice(Math.floor(next() * left.length), 1),
      ).flat();
    },
  };
}
export type Chance = ReturnType<typeof chance>;

export interface Wish {
  /** Network to the nic or bond that carries it. */
  networks: Map<string, string>;
  bonds: Map<string, string[]>;
}

/** Body of a change; what is asked of addresses and options is left out here. */
export interface Change {
  modified_network_attachments?: { network_attachment: { network: { name: string }; host_nic: { name: string } }[] };
  removed_network_attachments?: { network_attachment: { network: { name: string } }[] };
  modified_bonds?: { host_nic: { name: string; bonding: { slaves: { host_nic: { name: string }[] } } }[] };
  removed_bonds?: { host_nic: { name: string }[] };
  commit_on_success: boolean;
}

/** What is to be made before the first change. */
export const networks = [
  ...Array.from({ length: 8 }, (_, at) => ({
    name: `soak${at}`,
    vlan: 501 + at,
    vm: at % 2 === 0,
    mtu: at % 3 === 0 ? 4000 : 0,
  })),
  { name: 'soakdhcp', vlan: 10, vm: true, mtu: 0 },
  { name: 'soakflat', vm: true, mtu: 0 },
];
const names = networks.map(({ name }) => name);

/** What the engine wishes of the spare nics. */
export async function wishOf({ engine }: System, hostId: string): Promise<Wish> {
  const { store } = engine.engine;
  const nics = await store.list('nic', hostId);
  const nameOf = new Map(nics.map(({ id, name }) => [id, name]));
  const networkOf = new Map((await store.list('network')).map(({ id, name }) => [id, name]));
  const attachments = await store.list('attachment', hostId);
  const bonds = nics.flatMap(({ name, bond }) => (bond == null ? [] : [[name, bond.slaves] as const]));
  return {
    networks: new Map(
      attachments.flatMap(({ networkId, nicId }) => {
        const [network = '', nic = ''] = [networkOf.get(networkId), nameOf.get(nicId)];
        return names.includes(network) ? [[network, nic] as const] : [];
      }),
    ),
    bonds: new Map(bonds),
  };
}

export function nextChange(luck: Chance, { networks: attached, bonds }: Wish): Change {
  const slaves = [...bonds.values()].flat();
  const carriers = [...bonds.keys(), ...spare.filter((nic) => !slaves.includes(nic))];
  const free = spare.filter((nic) => !slaves.includes(nic) && ![...attached.values()].includes(nic));
  const loose = names.filter((name) => !attached.has(name));
  const attach = (name: string, nic: string) => ({
    network: { name },
    host_nic: { name: nic },
    ...(name === 'soakdhcp' ? { ip_address_assignments: assigned({ assignment_method: 'dhcp' }) } : {}),
    ...(luck.happens(0.3) && name !== 'soakdhcp' ? { ip_address_assignments: addressOf(name) } : {}),
  });
  const kinds: (() => Omit<Change, 'commit_on_success'> | null)[] = [
    () => {
      const some = luck.some(loose, luck.of([1, 1, 2, 4]));
      return some.length === 0
        ? null
        : { modified_network_attachments: list(some.map((name) => attach(name, luck.of(carriers)))) };
    },
    () => {
      const some = luck.some([...attached.keys()], luck.of([1, 2, 3]));
      return some.length === 0
        ? null
        : { removed_network_attachments: list(some.map((name) => ({ network: { name } }))) };
    },
    () => {
      const [name] = luck.some([...attached.keys()], 1);
      return name === undefined ? null : { modified_network_attachments: list([attach(name, luck.of(carriers))]) };
    },
    () => {
      const name = ['bond0', 'bond1'].find((one) => !bonds.has(one));
      if (name === undefined || free.length < 2) return null;
      const mode = luck.of(['1', '0', '2', '6']);
      return { modified_bonds: { host_nic: [bond(name, mode, luck.some(free, luck.of([2, 2, 3])))] } };
    },
    () => {
      const [name] = luck.some([...bonds.keys()], 1);
      if (name === undefined) return null;
      const on = [...attached].filter(([, nic]) => nic === name).map(([network]) => ({ network: { name: network } }));
      return { removed_bonds: { host_nic: [{ name }] }, removed_network_attachments: list(on) };
    },
    () => {
      const [name] = luck.some([...bonds.keys()], 1);
      if (name === undefined || free.length === 0) return null;
      return { modified_bonds: { host_nic: [bond(name, '1', [...(bonds.get(name) ?? []), luck.of(free)])] } };
    },
  ];
  for (;;) {
    const change = luck.of(kinds)();
    if (change !== null) return { ...change, commit_on_success: luck.happens(0.5) };
  }
}

/** What is wished once a change is accepted. */
export function wished({ networks: attached, bonds }: Wish, change: Change): Wish {
  const after = { networks: new Map(attached), bonds: new Map(bonds) };
  for (const { network } of change.removed_network_attachments?.network_attachment ?? [])
    after.networks.delete(network.name);
  for (const { name } of change.removed_bonds?.host_nic ?? []) after.bonds.delete(name);
  for (const { name, bonding } of change.modified_bonds?.host_nic ?? [])
    after.bonds.set(
      name,
      bonding.slaves.host_nic.map((slave) => slave.name),
    );
  for (const { network, host_nic } of change.modified_network_attachments?.network_attachment ?? [])
    after.networks.set(network.name, host_nic.name);
  return after;
}

/** The same text for the same wish. */
export function spelled({ networks: attached, bonds }: Wish): string {
  const bonded = [...bonds].map(([name, slaves]) => `${name}: ${slaves.toSorted().join(' ')}`);
  return [...[...attached].map(([name, nic]) => `${name} on ${nic}`), ...bonded].toSorted().join('; ');
}

const list = <T>(entries: T[]) => ({ network_attachment: entries });
const assigned = (one: object) => ({ ip_address_assignment: [one] });

function addressOf(name: string) {
  const third = 10 + names.indexOf(name);
  return assigned({
    assignment_method: 'static',
    ip: { address: `10.77.${third}.2`, netmask: '255.255.255.0', gateway: `10.77.${third}.1`, version: 'v4' },
  });
}

const bond = (name: string, mode: string, slaves: string[]) => ({
  name,
  bonding: {
    options: { option: [{ name: 'mode', value: mode }] },
    slaves: { host_nic: slaves.map((slave) => ({ name: slave })) },
  },
});
