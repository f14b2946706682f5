import type { ChangeSet } from '../change-set.ts';
import type { Completed, WantedAttachment } from './completed.ts';

/**
 * A completed request as a change set again: references by id and name, stored values filled in, what labels bring or take
 * along listed by itself, and what changes nothing left out. That of an accepted request, completed once more, means the same.
 */
export function completedChangeSet(completed: Completed): ChangeSet {
  const { request, labels, removedLabels } = completed;
  return {
    attachments: mentioned(completed).map((one) => ({
      id: one.id,
      network: one.networkRef,
      nic: one.nicRef,
      ip: { ipv4: severalOr(one.change?.ip?.ipv4, one.ipv4), ipv6: severalOr(one.change?.ip?.ipv6, one.ipv6) },
      properties: one.properties,
      qos: one.qos,
      nameservers: one.nameservers,
      override: one.override,
      path: one.path ?? '',
    })),
    removedAttachments: completed.removedAttachments.map(({ id, network, networkRef, path }) => ({
      id,
      network: network ? { id: network.id, name: network.name } : networkRef,
      path: path ?? '',
    })),
    // Those that are known are among the attachments, as overriding ones.
    synchronized: request.synchronized.filter(({ id }) => !completed.attachments.some((one) => one.stored?.id === id)),
    bonds: completed.bonds.map(({ id, name, slaves, options, path }) => ({
      id,
      name,
      slaves: slaves.map(({ ref, name: slave }) => (slave === null ? ref : { id: null, name: slave })),
      options,
      path: path ?? '',
    })),
    removedBonds: completed.removedBonds.map(({ ref, path }) => ({ ...ref, path })),
    labels: labels.map(({ label, nicRef, path }) => ({ label, nic: nicRef, path })),
    removedLabels: removedLabels.map(({ label, path }) => ({ label, path })),
    removedUnmanaged: request.removedUnmanaged,
    virtualFunctions: completed.virtualFunctions.map(({ nicRef, count, allowance, path }) => ({
      nic: nicRef,
      ...(count === null ? {} : { count }),
      ...allowance,
      path,
    })),
    force: request.force,
    checkConnectivity: request.checkConnectivity,
    connectivityTimeout: request.connectivityTimeout,
    commitOnSuccess: request.commitOnSuccess,
  };
}

/** Beside labels also what stays as it is: being mentioned keeps a network from following its label. */
function mentioned({ attachments, unchanged, labels, removedLabels }: Completed): readonly WantedAttachment[] {
  const labelsChange = labels.length + removedLabels.length > 0;
  return labelsChange ? [...attachments, ...unchanged.attachments] : attachments;
}

/** Several of one family are a mistake of the client, which IP-11 has to see. */
const severalOr = <T>(given: T[] | undefined, completed: T): T[] =>
  given !== undefined && given.length > 1 ? given : [completed];
