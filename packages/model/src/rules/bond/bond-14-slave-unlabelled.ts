import { defineRule } from '../rule.ts';
import { type BondSubject, list } from '../subjects.ts';

/** A label that the request itself puts on a slave is the matter of LBL-12. */
export const bond14SlaveUnlabelled = defineRule({
  id: 'BOND-14',
  key: 'LABEL_ATTACH_TO_IMPROPER_INTERFACE',
  status: 400,
  sentence: '{slave} has labels ({labels}); remove or move them in the same request.',
  *find({ completed, bond: { slaves, path } }: BondSubject) {
    const requested = new Set(completed.labels.map((label) => label.label));
    for (const { name } of slaves) {
      const kept = (completed.after.labelsOn.get(name ?? '') ?? []).filter((label) => !requested.has(label));
      if (kept.length > 0) yield { path, values: { slave: name ?? '', labels: list(kept) } };
    }
  },
});
