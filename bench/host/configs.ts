/** What a host shall look like, in short words. Pure. */
import type { HostConfig } from '@patchbay/protocol';
import { network } from '../../packages/agent/src/plan/host-for-tests.ts';

export const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at);

/** Networks of VLANs one after the other. */
export function vlans(base: string, from: number, count: number): HostConfig['networks'] {
  return Object.fromEntries(range(from, count).map((id) => [`n${id}`, network({ base, vlan: id })]));
}
