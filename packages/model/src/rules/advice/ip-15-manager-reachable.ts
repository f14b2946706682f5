import { losesManager } from '../ip/manager-reach.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';
import { defineAdvice } from '../warning.ts';

export const ip15ManagerMayBeLost = defineAdvice({
  id: 'IP-15',
  event: 'HOST_MANAGEMENT_ADDRESS_CHANGED',
  sentence: '{network}: after this change host {host} may be unreachable at {address}; it takes the change back if so.',
  *find(subject: AttachmentSubject) {
    const { request, state } = subject.completed;
    if (!request.checkConnectivity || !losesManager(subject)) return;
    const { name: host, address } = state.host;
    yield { path: subject.attachment.path, values: { network: networkName(subject.attachment), host, address } };
  },
});
