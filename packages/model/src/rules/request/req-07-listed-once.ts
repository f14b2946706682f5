import type { Completed } from '../../complete/completed.ts';
import { defineRule } from '../rule.ts';
import { refName } from '../subjects.ts';

interface Listed {
  kind: string;
  name: string;
  path: string | null;
}

/** Labels have a rule of their own, LBL-15. */
export const req07ListedOnce = defineRule({
  id: 'REQ-07',
  key: 'OHN_REQ_07',
  status: 400,
  sentence: '{kind} {name} appears more than once in the request; name it once.',
  *find(completed: Completed) {
    for (const { kind, name, path } of lists(completed).flatMap(repeated)) yield { path, values: { kind, name } };
  },
});

/** Each list in which a thing may stand once. */
function lists({ request, bonds, unchanged, removedAttachments, removedBonds }: Completed): Listed[][] {
  const everyBond = [...bonds, ...unchanged.bonds];
  const named = (kind: string, items: { name: string | null; path: string | null }[]): Listed[] =>
    items.flatMap(({ name, path }) => (name === null ? [] : [{ kind, name, path }]));
  return [
    named(
      'Attachment',
      request.attachments.map(({ id, path }) => ({ name: id, path })),
    ),
    named(
      'Removed attachment',
      removedAttachments.map(({ id, path }) => ({ name: id, path })),
    ),
    named(
      'Synchronised attachment',
      request.synchronized.map(({ id, path }) => ({ name: id, path })),
    ),
    named('Bond', everyBond),
    named(
      'Removed bond',
      removedBonds.map(({ ref, path }) => ({ name: refName(ref), path })),
    ),
    named(
      'Removed unmanaged network',
      request.removedUnmanaged.map((name) => ({ name, path: null })),
    ),
    ...everyBond.map((bond) =>
      named(
        `Bond ${bond.name ?? '(unnamed)'}: slave`,
        bond.slaves.map((slave) => ({ name: slave.name ?? refName(slave.ref), path: bond.path })),
      ),
    ),
  ];
}

/** The second mention of each. */
function repeated(items: readonly Listed[]): Listed[] {
  const times = new Map<string, number>();
  return items.filter(({ name }) => {
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return before === 1;
  });
}
