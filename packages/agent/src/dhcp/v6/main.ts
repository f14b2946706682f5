/** `dhcp6.mjs`: the DHCPv6 client of one network on one device. It lives on its own, as every client does; SIGUSR1 declines its address. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { bootTime } from '../../transaction/boot-clock.ts';
import { type Binding, Client6 } from './client.ts';
import { type Kept, ORDER, type Order } from './lease.ts';
import { lengthen } from './lengthen.ts';
import { Link6 } from './link.ts';
import { wait } from './wait.ts';

/** Never resolves. */
async function run(order: Order): Promise<never> {
  const link = new Link6(order.device, (bytes) => client.hear(bytes));
  const client = new Client6(order, {
    send: (message) => link.send(message),
    now: bootTime,
    sleep: wait,
    random: Math.random,
  });
  process.on('SIGUSR1', () => client.decline());
  const held = readKept(order);
  await link.ready();
  return client.run(held, order.known, (binding) => keep(order, binding));
}

/** A lease that this client's predecessor on the device was given, and that has not ended. */
function readKept({ lease, bootId }: Order): Binding | null {
  try {
    const kept = JSON.parse(readFileSync(lease, 'utf8')) as Kept;
    return kept.bootId === bootId && kept.binding.until > bootTime() ? kept.binding : null;
  } catch {
    return null;
  }
}

/**
 * First in the kernel, so that an agent which hears of the lease finds it there. The file need not survive a power cut: after a boot
 * the servers are asked in any case.
 */
async function keep({ device, lease, bootId }: Order, binding: Binding | null): Promise<void> {
  if (binding === null) {
    rmSync(lease, { force: true });
    return;
  }
  await lengthen(device, binding.address, (binding.until - bootTime()) / 1000);
  const kept: Kept = { bootId, binding };
  writeFileSync(`${lease}.new`, JSON.stringify(kept), { mode: 0o600 });
  renameSync(`${lease}.new`, lease);
}

const order = process.env[ORDER];
if (order === undefined) throw new Error(`${ORDER} says what to ask for, and where to leave it.`);
await run(JSON.parse(order) as Order);
