import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, refName } from '../subjects.ts';

export const att14NicExists = defineRule({
  id: 'ATT-14',
  key: 'HOST_NETWORK_INTERFACE_HAVING_ID_OR_NAME_DOES_NOT_EXIST',
  status: 400,
  sentence: 'Host {host} has no nic {nic}, and the request makes no such bond.',
  *find({ completed: { state }, attachment: { nic, nicRef, path } }: AttachmentSubject) {
    const known = lookup(state);
    const unknown = !known.nicById.has(nicRef.id ?? '') && !known.nicByName.has(nicRef.name ?? '');
    const missing = nic === null ? unknown : known.vanishedNics.has(nic);
    if (!missing || (nicRef.id === null && nicRef.name === null)) return;
    yield { path, values: { host: state.host.name, nic: refName(nicRef) } };
  },
});
