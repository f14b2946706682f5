/**
 * Tells neighbours by which MAC an address is reached from now on: gratuitous ARP (RFC 5227 §3), an unsolicited neighbour advertisement
 * (RFC 4861 §7.2.6). By whichever program the host has for it; where there is none, neighbours find out, but IPv6 ones go on for up to a
 * minute with what they know.
 */
import { run } from './spawn.ts';

type Family = 4 | 6;

/** Milliseconds. */
const LIMIT = 3000;

export async function announce(
  device: string,
  family: Family,
  address: string,
  environment: Record<string, string>,
): Promise<void> {
  for (const [program, ...args] of commands(device, address)[family]) {
    const { status } = await run(program, args, LIMIT, environment);
    if (status !== null) return;
  }
}

function commands(device: string, address: string): Record<Family, [string, ...string[]][]> {
  const arping = ['-U', '-c', '1', '-I', device, address];
  return {
    4: [
      ['arping', ...arping],
      ['busybox', 'arping', ...arping],
    ],
    6: [['ndptool', '-t', 'na', '-U', '-i', device, '-T', address, 'send']],
  };
}
