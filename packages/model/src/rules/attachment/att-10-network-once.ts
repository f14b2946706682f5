import type { Completed } from '../../complete/completed.ts';
import { groupBy } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { attachmentName, list } from '../subjects.ts';

export const att10NetworkOnce = defineRule({
  id: 'ATT-10',
  key: 'ACTION_TYPE_FAILED_NETWORK_ATTACHMENTS_REFERENCES_SAME_NETWORK_DUPLICATELY',
  status: 400,
  sentence: 'Network {network} is attached more than once: {attachments}; a network can be on a host once.',
  *find({ attachments, unchanged }: Completed) {
    const named = [...attachments, ...unchanged.attachments].filter((one) => one.network);
    for (const group of groupBy(named, (one) => one.network?.name ?? '').values()) {
      const [first] = group;
      if (!first?.network || group.length < 2) continue;
      const where = group.map((one) => one.path ?? attachmentName(one));
      yield { path: group[1]?.path ?? null, values: { network: first.network.name, attachments: list(where) } };
    }
  },
});
