import type { Completed } from '../../complete/completed.ts';
import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';

export const sync02Known = defineRule({
  id: 'SYNC-02',
  key: 'OHN_SYNC_02',
  status: 404,
  sentence: 'Host {host} has no network attachment {id} that could be synchronised.',
  *find({ state, request }: Completed) {
    for (const { id, path } of request.synchronized) {
      if (id !== null && !lookup(state).attachmentById.has(id)) yield { path, values: { host: state.host.name, id } };
    }
  },
});

export const sync02Named = defineRule({
  id: 'SYNC-02',
  key: 'OHN_SYNC_02',
  status: 400,
  sentence: '{path} names no attachment; give its id.',
  *find({ request }: Completed) {
    for (const { id, path } of request.synchronized) if (id === null) yield { path, values: { path } };
  },
});
