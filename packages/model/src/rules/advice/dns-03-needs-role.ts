import type { AttachmentSubject } from '../subjects.ts';
import { defineAdvice } from '../warning.ts';

export const dns03NeedsRole = defineAdvice({
  id: 'DNS-03',
  event: 'NETWORK_NAME_SERVERS_WITHOUT_DEFAULT_ROUTE',
  sentence: 'Name servers of {network} take effect only when it has the default_route role.',
  *find({ attachment: { network, nameservers, path } }: AttachmentSubject) {
    if (!network || !nameservers || network.assignment.roles.defaultRoute) return;
    yield { path, values: { network: network.name } };
  },
});
