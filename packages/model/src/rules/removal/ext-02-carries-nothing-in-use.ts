import { defineRule } from '../rule.ts';
import { list, type RemovalSubject } from '../subjects.ts';

export const ext02CarriesNothingInUse = defineRule({
  id: 'EXT-02',
  key: 'NETWORK_CANNOT_DETACH_PHYSICAL_NETWORK_LINKED_TO_EXTERNAL_USED_BY_VM',
  status: 409,
  sentence: '{network} carries external networks in use by {vms}: {externals}; unplug those first.',
  *find({ completed: { state }, removal: { network, path, label } }: RemovalSubject) {
    if (!network) return;
    const vmsOn = (id: string) => state.workload?.vmsOn.get(id) ?? [];
    const above = [...state.networks, ...state.otherNetworks].filter(
      (one) => one.external?.physicalNetworkId === network.id && vmsOn(one.id).length > 0,
    );
    if (above.length === 0) return;
    const vms = list(new Set(above.flatMap((one) => vmsOn(one.id))));
    yield { path, label, values: { network: network.name, vms, externals: list(above.map((one) => one.name)) } };
  },
});
