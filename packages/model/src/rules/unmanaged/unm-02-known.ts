import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { UnmanagedSubject } from '../subjects.ts';

export const unm02Known = defineRule({
  id: 'UNM-02',
  key: 'REMOVED_UNMANAGED_NETWORK_DOES_NOT_EXISIT_ON_HOST',
  status: 400,
  sentence: 'Host {host} reports no unmanaged network {network}.',
  *find({ completed: { state }, network }: UnmanagedSubject) {
    const known = lookup(state);
    if (known.unmanaged.has(network) || known.networkByVdsmName.has(network) || known.networkByName.has(network))
      return;
    yield { path: null, values: { host: state.host.name, network } };
  },
});
