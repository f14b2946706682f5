/** systemd-resolved, which is told of name servers by device (resolvectl(1)). What it is told ends with the device or the boot. */
import { outputOf, run } from '../execute/spawn.ts';
import { withoutZone } from './zone.ts';

/** What it shows of itself; the stub that `/etc/resolv.conf` leads to is here as well. */
export const RESOLVED_FOLDER = '/run/systemd/resolve';
/** Every server it asks, whoever told it of them. */
export const RESOLVED_SERVERS = `${RESOLVED_FOLDER}/resolv.conf`;
/** Milliseconds; it is started on demand where a service manager does that. */
const LIMIT = 10_000;

/** Name servers by device; devices without are left out. None when it does not answer. */
export async function readResolved(): Promise<Record<string, string[]>> {
  return parseResolved(await outputOf('resolvectl', ['dns'], LIMIT));
}

/** `Link 3 (eth1): 192.0.2.1 2001:db8::1` for each device; what is too wide for a terminal goes on, or begins, in indented lines. */
export function parseResolved(text: string): Record<string, string[]> {
  const links = [...text.matchAll(/^Link (\d+) \((\S+)\):[ \t]*((?:\n[ \t]+)?\S.*(?:\n[ \t]+\S.*)*)$/gm)];
  return Object.fromEntries(
    links.map(([, index = '', device = '', servers = '']) => [
      device,
      servers
        .trim()
        .split(/\s+/)
        .map((server) => withoutZone(server, index, device)),
    ]),
  );
}

/** @throws with its words when it refuses */
export async function tellResolved(device: string, nameservers: readonly string[]): Promise<void> {
  if (nameservers.length === 0) return resolvectl('revert', device);
  await resolvectl('dns', device, ...nameservers);
  await resolvectl('default-route', device, 'yes');
}

async function resolvectl(...args: string[]): Promise<void> {
  const { status, stderr } = await run('resolvectl', args, LIMIT);
  if (status !== 0) throw new Error(`resolvectl ${args.join(' ')}: ${stderr.trim() || `status ${status}`}`);
}
