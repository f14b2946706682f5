/** What an external network cannot be in a cluster. */
import { defineRule } from '../rule.ts';
import type { AssignmentChange } from './assignment-change.ts';

export const mgmt04NotExternal = defineRule({
  id: 'MGMT-04',
  key: 'ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_EXTERNAL',
  status: 400,
  sentence: 'External network {network} cannot be the management network.',
  *find({ network, wanted }: AssignmentChange) {
    if (network.external && wanted.roles.management) yield { path: 'usages', values: { network: network.name } };
  },
});

export const rt02NotExternal = defineRule({
  id: 'RT-02',
  key: 'ACTION_TYPE_FAILED_DEFAULT_ROUTE_NETWORK_CANNOT_BE_EXTERNAL',
  status: 400,
  sentence: 'External network {network} cannot carry the default route.',
  *find({ network, wanted }: AssignmentChange) {
    if (network.external && wanted.roles.defaultRoute) yield { path: 'usages', values: { network: network.name } };
  },
});

export const cln06ExternalNotDisplay = defineRule({
  id: 'CLN-06',
  key: 'ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_DISPLAY',
  status: 400,
  sentence: 'External network {network} cannot serve displays.',
  *find({ network, wanted }: AssignmentChange) {
    if (network.external && wanted.roles.display) yield { path: 'usages', values: { network: network.name } };
  },
});

export const cln07ExternalNotRequired = defineRule({
  id: 'CLN-07',
  key: 'ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REQUIRED',
  status: 400,
  sentence: 'External network {network} cannot be required, since no host carries it.',
  *find({ network, wanted }: AssignmentChange) {
    if (network.external && wanted.required) yield { path: 'required', values: { network: network.name } };
  },
});
