import { dirname, join } from 'node:path';
import type { Launch } from './launch.ts';

/** Namespaces of this machine's kernel; everything inside ends with the first process of the process namespace. */
export const namespaces: Launch = {
  kind: 'namespaces',
  command: (folder) => ({
    argv: [
      ...['unshare', '--net', '--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...['sh', join(folder, 'namespaces.sh'), process.execPath, folder],
    ],
    env: { PATH: searchPath(), HOME: '/root', LANG: 'C.UTF-8' },
  }),
};

/** Where programs are looked for inside the lab: a system's own folders and that of this Node. */
export function searchPath(): string {
  return [
    '/usr/local/sbin',
    '/usr/local/bin',
    '/usr/sbin',
    '/usr/bin',
    '/sbin',
    '/bin',
    dirname(process.execPath),
  ].join(':');
}
