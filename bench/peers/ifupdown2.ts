/** ifupdown2, as an administrator has it change a running host: the file anew, then `ifreload -a`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { sh } from '../../packages/agent/src/managers/lab-for-tests.ts';
import { timed } from '../measured.ts';
import type { Contender } from './contender.ts';
import { interfacesFile } from './interfaces-file.ts';

/** @param files of network managers, as `script/setup --managers` unpacks them */
export async function ifupdown2(files: string): Promise<Contender> {
  for (const folder of ['etc', 'usr', 'sbin', 'lib', 'var'])
    await sh(`cp -a '${files}/opt/ifupdown2/${folder}/.' /${folder}/`);
  // As its installation does.
  await sh('chmod +x /usr/share/ifupdown2/__main__.py');
  // Where it keeps its lock; `networking.service` makes it.
  mkdirSync('/run/network', { recursive: true });
  return {
    take: ({ config }) =>
      timed(async () => {
        writeFileSync('/etc/network/interfaces', interfacesFile(config));
        await sh('ifreload -a');
      }),
  };
}
