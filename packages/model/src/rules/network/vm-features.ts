import { defineRule } from '../rule.ts';
import type { NetworkChange } from './network-change.ts';

export const net08StpNeedsVm = defineRule({
  id: 'NET-08',
  key: 'NON_VM_NETWORK_CANNOT_SUPPORT_STP',
  status: 409,
  sentence: 'Spanning tree needs a VM network; {network} is none.',
  *find({ wanted: { name: network, stp, vm } }: NetworkChange) {
    if (stp && !vm) yield { path: 'stp', values: { network } };
  },
});

export const net09IsolationNeedsVm = defineRule({
  id: 'NET-09',
  key: 'NON_VM_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION',
  status: 409,
  sentence: 'Port isolation needs a VM network; {network} is none.',
  *find({ wanted: { name: network, portIsolation, vm } }: NetworkChange) {
    if (portIsolation && !vm) yield { path: 'port_isolation', values: { network } };
  },
});

export const net11IsolationFixed = defineRule({
  id: 'NET-11',
  key: 'ACTION_TYPE_FAILED_NETWORK_PORT_ISOLATION_CANNOT_BE_CHANGED',
  status: 400,
  sentence: 'Port isolation of {network} is fixed at creation; create another network.',
  *find({ wanted, stored }: NetworkChange) {
    if (!stored || stored.portIsolation === wanted.portIsolation) return;
    yield { path: 'port_isolation', values: { network: stored.name } };
  },
});
