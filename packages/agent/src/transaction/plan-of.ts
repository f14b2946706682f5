/** What a request means on this host as it is: the way to a config, or to another manager's hands. */
import type { ApplyRequest, HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { macsOf } from '../plan/kept-macs.ts';
import { refusal } from '../plan/refusal.ts';
import type { Planned, TransactionParts } from './parts.ts';

type PlanParts = Pick<TransactionParts, 'planner' | 'handBack' | 'management' | 'documents'>;

/** @param running the config that holds now */
export async function planOf(
  { planner, handBack, management, documents }: PlanParts,
  before: KernelState,
  running: HostConfig,
  { config, force = false, handBack: wish }: Pick<ApplyRequest, 'config' | 'force' | 'handBack'>,
): Promise<Planned> {
  if (wish !== undefined) {
    if (!isEmpty(config)) return { ok: false, problem: { code: 'ERR_BAD_PARAMS', message: ALL_OR_NOTHING } };
    // Nothing that carries traffic is touched, so nothing can be in the way.
    return handBack(before, running, wish);
  }
  const refused = refusal(before, config, management(), force);
  if (refused !== null) return { ok: false, problem: refused };
  return planner.forward(before, config, management(), macsOf(running, await documents.macs()));
}

const ALL_OR_NOTHING = 'A hand-back is of everything on the host: send it with a configuration that is empty.';

function isEmpty({ bonds, networks }: HostConfig): boolean {
  return Object.keys(bonds).length === 0 && Object.keys(networks).length === 0;
}
