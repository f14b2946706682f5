/**
 * Gives a lease back after its network has left for good. Until that was certain the lease had to stay ours, and by then the devices
 * are gone over which the server is reached: for a moment they, or what was below them, carry the address again.
 */
import { createSocket } from 'node:dgram';
import type { KernelOp, LinkReport } from '@patchbay/protocol';
import { inSubnet, subnetOf } from '../ip-address.ts';
import type { Kernel, KernelState } from '../kernel.ts';
import { FIRST_TABLE, OUR_TABLES, RULE_PRIORITY } from '../observe/ownership.ts';
import { bootTime } from '../transaction/boot-clock.ts';
import type { LeftLease } from './clients.ts';
import type { Place } from './identity.ts';
import { releaseMessage } from './release-message.ts';
import { Client6 } from './v6/client.ts';
import { Link6 } from './v6/link.ts';
import { wait } from './v6/wait.ts';

/** Device for a VLAN that has none any more. Were it left behind, its mark would have the next change remove it. */
const DEVICE = 'pbrelease';
/** Last of our tables, which no network reaches. */
const TABLE = FIRST_TABLE + OUR_TABLES - 1;
/** Seconds after which the address goes in any case. */
const LIFETIME = 30;
/** Milliseconds in which the server's neighbour address is found and the message leaves: nobody answers it. */
const UNANSWERED = 1000;
/** Milliseconds for DHCPv6, which is answered, from a device whose own address is still to be made. */
const ANSWERED = 8000;

/** @returns why it could not be done; null when it was. The lease then ends by itself. Never throws */
export async function giveBack(left: LeftLease, state: KernelState, kernel: Kernel): Promise<string | null> {
  const place = left.identity.place;
  const way = place === null ? null : wayTo(place, state);
  if (way === null) return `nothing leads to its server any more`;
  const { before, after } = left.lease.family === 4 ? address4(left, way.device) : { before: [], after: [] };
  try {
    const prepared = await kernel.execute([...way.before, ...before]);
    if (!prepared.ok) return prepared.message;
    if (left.lease.family === 4) await release4(left);
    else if (!(await release6(left, way.device))) return 'the device did not get an address of its own in time';
    return null;
  } catch (error) {
    return String(error);
  } finally {
    await kernel.execute([...after, ...way.after]);
  }
}

interface Way {
  device: string;
  before: KernelOp[];
  after: KernelOp[];
}

/** The nic or bond below, or a member of a bond that is no more, as long as it stands free. */
function wayTo({ base, vlan, members }: Place, { links }: KernelState): Way | null {
  const isFree = ({ name, adminUp, carrier, master }: LinkReport): boolean =>
    [base, ...members].includes(name) && adminUp && carrier && master === null;
  const carrier = links.find(({ name }) => name === base && links.some(isFree)) ?? links.find(isFree);
  if (carrier === undefined || !isFree(carrier)) return null;
  if (vlan === null) return { device: carrier.name, before: [], after: [] };
  const there = links.find((link) => link.kind === 'vlan' && link.base === carrier.name && link.vlan === vlan);
  if (there !== undefined) return there.master === null ? { device: there.name, before: [], after: [] } : null;
  const made = {
    kind: 'link.add',
    name: DEVICE,
    type: 'vlan',
    mac: null,
    base: carrier.name,
    vlan,
    options: {},
  } as const;
  return {
    device: DEVICE,
    before: [made, { kind: 'link.set', name: DEVICE, up: true }],
    after: [{ kind: 'link.del', name: DEVICE }],
  };
}

/** The address alone, without its subnet, and a way to the server that nothing else takes. */
function address4({ lease }: LeftLease, device: string): { before: KernelOp[]; after: KernelOp[] } {
  const { address, prefix, gateway, server } = lease;
  const near = server === null || inSubnet(server, subnetOf(address, prefix));
  const held = { device, family: 4, address, prefix: 32 } as const;
  const rule = { family: 4, priority: RULE_PRIORITY, from: `${address}/32`, to: null, table: TABLE } as const;
  const route = { family: 4, table: TABLE, destination: `${server}/32`, device, metric: null } as const;
  const via = near ? { gateway: null } : { gateway, onlink: true };
  return {
    before: [
      { kind: 'addr.add', ...held, nodad: true, validFor: LIFETIME },
      { kind: 'route.replace', ...route, ...via },
      { kind: 'rule.add', ...rule },
    ],
    after: [
      { kind: 'rule.del', ...rule },
      { kind: 'route.del', ...route, gateway: via.gateway },
      { kind: 'addr.del', ...held },
    ],
  };
}

async function release4({ lease, identity }: LeftLease): Promise<void> {
  if (lease.server === null) return;
  const { server } = lease;
  const message = releaseMessage(lease.address, server, identity.mac, identity.clientId);
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(68, lease.address, () => {
        socket.send(message, 67, server, (error) => (error === null ? resolve() : reject(error)));
      });
    });
    await wait(UNANSWERED, new AbortController().signal);
  } finally {
    socket.close();
  }
}

/** @returns false when there was no time for an answer */
async function release6({ lease, identity }: LeftLease, device: string): Promise<boolean> {
  if (lease.server === null) return true;
  const link = new Link6(device, (bytes) => client.hear(bytes));
  const client = new Client6(identity, {
    send: (message) => link.send(message),
    now: bootTime,
    sleep: wait,
    random: Math.random,
  });
  const { address, server, until } = lease;
  const done = link
    .ready()
    .then(() => client.release({ address, server, nameservers: [], renewAt: 0, rebindAt: 0, until }));
  const late = new AbortController();
  try {
    return await Promise.race([done.then(() => true), wait(ANSWERED, late.signal).then(() => false)]);
  } finally {
    late.abort();
    link.close();
  }
}
