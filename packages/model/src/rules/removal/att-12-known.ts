import type { Completed } from '../../complete/completed.ts';
import { defineRule } from '../rule.ts';
import { list, refName } from '../subjects.ts';

export const att12Known = defineRule({
  id: 'ATT-12',
  key: 'NETWORK_ATTACHMENTS_TO_BE_REMOVED_DOES_NOT_EXISTS',
  status: 400,
  sentence: 'Cannot remove attachments that host {host} does not have: {attachments}.',
  *find({ state, removedAttachments }: Completed) {
    const unknown = removedAttachments.filter((removal) => !removal.stored);
    const [first] = unknown;
    if (!first) return;
    const names = unknown.map(
      ({ id, networkRef }) => id ?? `of network ${refName(networkRef ?? { id: null, name: null })}`,
    );
    yield { path: first.path, values: { host: state.host.name, attachments: list(names) } };
  },
});
