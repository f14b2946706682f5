/** What this kernel offers, found out by trying in network namespaces that nobody else sees. Takes a second or less. */
import { DEFAULT_CLASS, SHAPING_ROOT } from '@patchbay/protocol';
import { Child } from '../../execute/spawn.ts';
import type { Offers } from '../offers.ts';
import { probeBond } from './probe-bond.ts';
import { probeBridge } from './probe-bridge.ts';
import { Scratch } from './scratch.ts';

/** Milliseconds; a kernel may load modules for it. */
const LIMIT = 30_000;

/** @throws when there can be no namespace to try things in */
export async function probe(environment: Readonly<Record<string, string>>): Promise<Offers> {
  return {
    bond: await probeBond(environment),
    bridge: await probeBridge(environment),
    vlan: await probeVlan(environment),
    shaping: await probeShaping(environment),
  };
}

async function probeVlan(environment: Readonly<Record<string, string>>): Promise<boolean> {
  const setUp = ['link add name bridge0 type bridge', 'link add link bridge0 name vlan0 type vlan id 1'];
  const scratch = new Scratch(setUp, environment);
  const [vlans] = await scratch.ask([{ lines: [], question: 'link show type vlan' }]);
  await scratch.end();
  return vlans?.length === 1;
}

/** Everything that shaping is made of, on a loopback. */
async function probeShaping(environment: Readonly<Record<string, string>>): Promise<boolean> {
  const [root, minor] = [SHAPING_ROOT, DEFAULT_CLASS].map((number) => number.toString(16));
  const filter = `filter add dev lo parent ${root}: protocol all pref`;
  const child = new Child('unshare', ['-n', 'tc', '-batch', '-'], environment);
  const lines = [
    `qdisc add dev lo root handle ${root}: hfsc default ${minor}`,
    `class add dev lo parent ${root}: classid ${root}:${minor} hfsc ls m2 8bit`,
    `qdisc add dev lo parent ${root}:${minor} handle ${minor}: fq_codel`,
    `${filter} 1 basic match meta(vlan mask 0xfff eq 1) flowid ${root}:${minor}`,
    `${filter} 2 u32 match u32 0 0 flowid ${root}:${minor}`,
  ];
  child.write(`${lines.join('\n')}\n`);
  child.end();
  await child.hears(Number.POSITIVE_INFINITY, LIMIT);
  return (await child.ended).status === 0;
}
