import type { Completed } from '../../complete/completed.ts';
import type { HostStatus } from '../../entities.ts';
import { defineRule } from '../rule.ts';

const allowed: readonly HostStatus[] = ['up', 'maintenance', 'non_operational'];

export const host02Status = defineRule({
  id: 'HOST-02',
  key: 'ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL',
  status: 409,
  sentence: 'Networks of host {host} can only be changed while it is {allowed}; it is {status}.',
  *find({ state: { host } }: Completed) {
    if (allowed.includes(host.status)) return;
    yield { path: null, values: { host: host.name, allowed: allowed.join(', '), status: host.status } };
  },
});
