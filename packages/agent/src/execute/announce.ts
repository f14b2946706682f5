/** Gratuitous ARP (RFC 5227 §3) by whichever arping the host has. Nobody depends on it: neighbours also learn by asking. */
import { run } from './spawn.ts';

const programs: readonly (readonly [string, ...string[]])[] = [['arping'], ['busybox', 'arping']];
/** Milliseconds. */
const LIMIT = 3000;

export async function announce(
  device: string,
  family: 4 | 6,
  address: string,
  environment: Record<string, string>,
): Promise<void> {
  // IPv6 neighbours notice by themselves: unreachability detection asks within seconds (RFC 4861 §7.3).
  if (family === 6) return;
  for (const [program, ...first] of programs) {
    const args = [...first, '-U', '-c', '1', '-I', device, address];
    const { status } = await run(program, args, LIMIT, environment);
    if (status !== null) return;
  }
}
