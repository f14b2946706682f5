/** Everything that can be known to be impossible before the first operation, in an order that gives one request one answer. */
import type { HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../../kernel.ts';
import { offersOf } from '../../observe/offers.ts';
import { bondProblem } from './bond.ts';
import { ethtoolProblem } from './ethtool.ts';
import { type Case, type Finding, first } from './finding.ts';
import { networkProblem } from './network.ts';
import { occupiedProblem } from './occupied.ts';
import { shapingProblem } from './shaping.ts';
import { supportProblem } from './support.ts';
import { usageProblem } from './usage.ts';

/**
 * @param whole what the config is a part of: devices for the rest of it stay where they stand
 * @returns the first reason why this host cannot look as configured, or null
 */
export function validate(state: KernelState, config: HostConfig, whole: HostConfig = config): Finding {
  const links = new Map(state.links.map((link) => [link.name, link]));
  const one: Case = { links, offers: offersOf(state), config, whole };
  return (
    first(Object.entries(config.bonds), ([name, bond]) => bondProblem(one, name, bond)) ??
    first(Object.entries(config.networks), ([name, network]) => networkProblem(one, name, network)) ??
    first(Object.entries(config.networks), ([name, network]) => supportProblem(state, name, network)) ??
    usageProblem(config) ??
    shapingProblem(one) ??
    ethtoolProblem(one) ??
    occupiedProblem(one)
  );
}
