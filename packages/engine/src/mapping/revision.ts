import { type ConfigEntry, configDifference, configEntries } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { detailsOf } from '../operations/revisions.ts';
import type { RevisionHead, RevisionRow } from '../store/index.ts';
import { changeSetToAction } from './change-set.ts';
import { actions, reference } from './link.ts';
import { differenceToWire, stepToWire } from './preview.ts';

export function revisionToWire(base: string, head: RevisionHead): ApiObject<'host_revision'> {
  const host = reference(base, 'hosts', head.host_id);
  const { href, id } = reference(base, `hosts/${head.host_id}/revisions`, String(head.number));
  return {
    href,
    id,
    ...actions(href, ['revert']),
    description: head.description,
    ...(head.correlation_id === '' ? {} : { correlation_id: head.correlation_id }),
    time: head.time,
    host,
    ...(head.user_id === null ? {} : { user: reference(base, 'users', head.user_id) }),
  };
}

/** @param since the revision to compare with; null for what the host had just before this one */
export function wholeRevisionToWire(
  base: string,
  revision: RevisionRow,
  since: RevisionRow | null,
): ApiObject<'host_revision'> {
  const { after, before, changeSet, steps } = detailsOf(revision);
  const from = since === null ? before : detailsOf(since).after;
  return {
    ...revisionToWire(base, revision),
    after: configEntries(after).map(entryToWire),
    before: configEntries(before).map(entryToWire),
    change_set: changeSetToAction(changeSet),
    differences: configDifference(from, after).map(differenceToWire),
    steps: steps.map(stepToWire),
  };
}

function entryToWire({ kind, name, properties }: ConfigEntry): ApiObject<'config_entry'> {
  return { kind, name, properties: Object.entries(properties).map(([key, value]) => ({ name: key, value })) };
}
