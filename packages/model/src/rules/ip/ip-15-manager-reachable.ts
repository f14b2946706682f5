import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';
import { losesManager } from './manager-reach.ts';

/** With the connectivity check on, the host takes such a change back by itself, and a warning is enough. */
export const ip15ManagerReachable = defineRule({
  id: 'IP-15',
  key: 'OHN_IP_15',
  status: 409,
  sentence: '{network}: after this change host {host} may be unreachable at {address}; keep check_connectivity on.',
  *find(subject: AttachmentSubject) {
    const { request, state } = subject.completed;
    if (request.checkConnectivity || !losesManager(subject)) return;
    const { name: host, address } = state.host;
    yield { path: subject.attachment.path, values: { network: networkName(subject.attachment), host, address } };
  },
});
