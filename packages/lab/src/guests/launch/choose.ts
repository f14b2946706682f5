import { spawnSync } from 'node:child_process';
import type { Launch } from './launch.ts';
import { namespaces, searchPath } from './namespaces.ts';
import { uml } from './uml.ts';

/** What a host's kernel must be able to do, tried in a network namespace that ends with the shell. */
const trial = `
modprobe -q bonding max_bonds=0
set -e
ip link add name try0 type veth peer name try1
ip link add name try2 type bond
ip link add name try3 type bridge mcast_snooping 0
ip link add link try0 name try0.5 type vlan id 5
tc qdisc add dev try0 root hfsc
`;

/** Decides by trying, not by version: namespaces where this kernel can do everything, a guest of its own elsewhere. */
export function chooseLaunch(memory: string): Launch {
  const { status } = spawnSync('unshare', ['--net', '--mount', 'sh', '-c', trial], {
    stdio: 'ignore',
    env: { PATH: searchPath() },
  });
  return status === 0 ? namespaces : uml(memory);
}
