import type { Completed } from '../../complete/completed.ts';
import { groupBy } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { list } from '../subjects.ts';

export const lbl15LabelOnce = defineRule({
  id: 'LBL-15',
  key: 'PARAMS_CONTAIN_DUPLICATE_LABELS',
  status: 400,
  sentence: 'Labels mentioned more than once: {labels}.',
  *find({ labels, removedLabels }: Completed) {
    const mentions = groupBy([...labels, ...removedLabels], (one) => one.label);
    const repeated = [...mentions.values()].filter((group) => group.length > 1);
    const [first] = repeated;
    if (!first) return;
    yield { path: first[1]?.path ?? null, values: { labels: list(repeated.map((group) => group[0]?.label ?? '')) } };
  },
});
