import type { HostConfig, LinkReport } from '@patchbay/protocol';
import { type Finding, problem } from './finding.ts';

export function mtuProblem(nic: LinkReport, mtu: number): Finding {
  if (nic.maxMtu !== null && nic.maxMtu > 0 && mtu > nic.maxMtu) {
    return problem('ERR_BAD_PARAMS', `${nic.name} carries at most ${nic.maxMtu} bytes, not ${mtu}.`);
  }
  if (nic.minMtu !== null && mtu < nic.minMtu) {
    return problem('ERR_BAD_PARAMS', `${nic.name} carries at least ${nic.minMtu} bytes, not ${mtu}.`);
  }
  return null;
}

/** Bytes that a nic or bond has to carry for its networks. */
export function largestMtu(config: HostConfig, base: string): number {
  const mtus = Object.values(config.networks).flatMap((network) => (network.base === base ? [network.mtu] : []));
  return mtus.length === 0 ? 1500 : Math.max(...mtus);
}
