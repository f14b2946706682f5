/** openresolv, or Debian's resolvconf: both gather `resolv.conf` of what they are told by device (resolvconf(8)). */
import { readdir, readFile } from 'node:fs/promises';
import { Child } from '../execute/spawn.ts';
import { parseNameservers } from './resolv-conf-text.ts';

/** After the device, in the name under which something is told. */
const SUFFIX = '.patchbay';
/** Where they keep what they were told: openresolv of two times, and resolvconf. */
const FOLDERS = ['/run/resolvconf/interfaces', '/run/resolvconf/keys', '/run/resolvconf/interface'];
/** Milliseconds; hooks may restart a service. */
const LIMIT = 30_000;

/** Name servers by device, of those that Patchbay has told them of. */
export async function readResolvconf(folders: readonly string[] = FOLDERS): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!name.endsWith(SUFFIX)) continue;
      const text = await readFile(`${folder}/${name}`, 'utf8').catch(() => '');
      const servers = parseNameservers(text);
      if (servers.length > 0) found[name.slice(0, -SUFFIX.length)] = servers;
    }
  }
  return found;
}

/** @throws with its words when it fails */
export async function tellResolvconf(device: string, nameservers: readonly string[]): Promise<void> {
  const args = [nameservers.length === 0 ? '-d' : '-a', `${device}${SUFFIX}`];
  const child = new Child('resolvconf', args, {});
  child.write(nameservers.map((server) => `nameserver ${server}\n`).join(''));
  child.end();
  await child.hears(Number.POSITIVE_INFINITY, LIMIT);
  const { status, stderr } = await child.ended;
  if (status !== 0) throw new Error(`resolvconf ${args.join(' ')}: ${stderr.trim() || `status ${status}`}`);
}
