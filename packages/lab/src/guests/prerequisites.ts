import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { searchPath } from './launch/namespaces.ts';

/** A program that the lab needs, and the Debian package that has it. */
export interface Prerequisite {
  readonly program: string;
  readonly package: string;
}

/** Programs of the lab and of the hosts in it; `linux.uml` only where this machine's kernel does not suffice. */
const programs: readonly Prerequisite[] = [
  { program: 'ip', package: 'iproute2' },
  { program: 'bridge', package: 'iproute2' },
  { program: 'tc', package: 'iproute2' },
  { program: 'ping', package: 'iputils-ping' },
  { program: 'ethtool', package: 'ethtool' },
  { program: 'modprobe', package: 'kmod' },
  { program: 'dnsmasq', package: 'dnsmasq-base' },
  { program: 'busybox', package: 'busybox' },
  { program: 'linux.uml', package: 'user-mode-linux' },
  { program: 'unshare', package: 'util-linux' },
  { program: 'nsenter', package: 'util-linux' },
  { program: 'taskset', package: 'util-linux' },
  { program: 'flock', package: 'util-linux' },
  { program: 'tail', package: 'coreutils' },
];

/** What the lab lacks on this machine; nothing when it can start. */
export function missingPrerequisites(kind: 'uml' | 'namespaces'): Prerequisite[] {
  const folders = searchPath().split(':');
  return programs.filter(
    ({ program }) =>
      (kind === 'uml' || program !== 'linux.uml') && !folders.some((folder) => existsSync(join(folder, program))),
  );
}
