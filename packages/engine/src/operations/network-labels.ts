/** The label of a network: hosts whose nics carry the same one follow in the background (rules 5.2). */
import { type Network, validateNetwork, validateNetworkLabel } from '@patchbay/model';
import { fromViolations, notFound, type Problem } from '../problem.ts';
import type { Writer } from '../store/index.ts';
import type { Actor, Engine } from './engine.ts';
import { clustersWith, type Followed, neighbours } from './networks.ts';
import { note } from './note.ts';
import { changedNetwork } from './propagation/changed-network.ts';
import { propagate, type RolloutOptions } from './propagation/propagate.ts';

export async function labelNetwork(
  engine: Engine,
  actor: Actor,
  id: string,
  label: string,
  options: RolloutOptions = {},
): Promise<Followed<Network> | Problem> {
  return relabel(engine, actor, id, label, options, 'LABEL_NETWORK', (network) => {
    const violations = validateNetworkLabel({ network, label });
    return violations.length > 0 ? fromViolations(violations) : null;
  });
}

export async function unlabelNetwork(
  engine: Engine,
  actor: Actor,
  id: string,
  label: string,
  options: RolloutOptions = {},
): Promise<Followed<Network> | Problem> {
  return relabel(engine, actor, id, null, options, 'UNLABEL_NETWORK', (network) =>
    network.label === label ? null : notFound(`label of network ${network.name}`, label),
  );
}

async function relabel(
  engine: Engine,
  actor: Actor,
  id: string,
  label: string | null,
  options: RolloutOptions,
  event: 'LABEL_NETWORK' | 'UNLABEL_NETWORK',
  refusal: (network: Network) => Problem | null,
): Promise<Followed<Network> | Problem> {
  return engine.store.write(async (tx) => {
    const stored = await tx.get('network', id);
    if (stored === undefined) return notFound('network', id);
    const wanted = { ...stored, label };
    const problem = refusal(stored) ?? (await judged(tx, wanted, stored));
    if (problem !== null) {
      const text = `Label ${label ?? stored.label} of network ${stored.name} was not changed: ${problem.detail}`;
      await note(tx, engine, actor, `${event}_FAILED`, text, { dataCentreId: stored.dataCentreId });
      return problem;
    }
    await tx.put('network', wanted);
    const text = label === null ? `Label ${stored.label} was taken off` : `Label ${label} was put on`;
    await note(tx, engine, actor, event, `${text} network ${stored.name}.`, { dataCentreId: stored.dataCentreId });
    const follow = { networks: [changedNetwork(wanted, stored)], everything: false };
    const clusterIds = await clustersWith(tx, id);
    const what = `${text} network ${stored.name}`;
    const jobId = await propagate(tx, engine, actor, { what, cause: 'update', clusterIds, follow, options });
    return { value: wanted, jobId };
  });
}

async function judged(tx: Writer, wanted: Network, stored: Network): Promise<Problem | null> {
  const violations = validateNetwork({ wanted, stored, ...(await neighbours(tx, wanted.dataCentreId)) });
  return violations.length > 0 ? fromViolations(violations) : null;
}
