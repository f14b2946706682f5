/** Virtual functions: a nic makes them and takes them away all at once. */
import type { KernelOp, LinkReport } from '@patchbay/protocol';
import { dropLink } from './apply-link.ts';
import { randomMac } from './link-effects.ts';
import type { World } from './world.ts';

/** How a kernel without udev, and one with it, would name them cannot be foreseen; nothing in a plan goes by these names. */
const nameOf = (pf: string, index: number) => `${pf}v${index}`.slice(-15);

export function setNumvfs(world: World, op: Extract<KernelOp, { kind: 'sriov.numvfs' }>): string | null {
  const link = world.get(op.device);
  if (link?.sriov === undefined || link.sriov.total === 0) return 'ENOENT: no such file or directory';
  const { total, current } = link.sriov;
  if (op.count === current) return null;
  if (op.count > total) return 'ERANGE: result too large';
  if (op.count > 0 && current > 0) return 'EBUSY: resource busy or locked';
  for (const vf of [...world.links.values()]) if (vf.sriov?.pf === op.device) dropLink(world, vf);
  for (let index = 0; index < op.count; index += 1) world.insert(functionOf(world, link, index));
  link.sriov = { ...link.sriov, current: op.count, held: 0 };
  return null;
}

function functionOf(world: World, pf: LinkReport, vfIndex: number): Omit<LinkReport, 'index'> {
  const name = nameOf(pf.name, vfIndex);
  const mac = randomMac(name);
  const { index: _, alias: __, ...plain } = pf;
  return {
    ...structuredClone(plain),
    ...{ name, mac, permanentMac: mac, mtu: 1500, adminUp: false, operState: 'DOWN', carrier: false },
    ...{ master: null, slave: null, alias: null, addresses: [], ipv6Disabled: !world.ipv6 },
    sriov: { total: 0, current: 0, held: 0, pf: pf.name, vfIndex },
  };
}
