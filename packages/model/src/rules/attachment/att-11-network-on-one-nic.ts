import type { Completed } from '../../complete/completed.ts';
import { groupBy } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';

/** The second net below ATT-10: one mention in the request beside one that the host has and keeps. */
export const att11NetworkOnOneNic = defineRule({
  id: 'ATT-11',
  key: 'NETWORKS_ALREADY_ATTACHED_TO_IFACES',
  status: 409,
  sentence: 'Network {network} would be on several nics of host {host}: {nics}.',
  *find({ state, after }: Completed) {
    const resolved = after.attachments.filter((one) => one.network && one.nic !== null);
    for (const group of groupBy(resolved, (one) => one.network?.name ?? '').values()) {
      const mentioned = group.filter((one) => one.path !== null);
      if (group.length < 2 || mentioned.length !== 1) continue;
      const nics = group.map((one) => one.nic).join(', ');
      const network = group[0]?.network?.name ?? '';
      yield { path: mentioned[0]?.path ?? null, values: { network, host: state.host.name, nics } };
    }
  },
});
