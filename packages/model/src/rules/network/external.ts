import { defineRule } from '../rule.ts';
import { list } from '../subjects.ts';
import type { NetworkLabelling } from './labels.ts';
import type { NetworkChange } from './network-change.ts';

/** At creation only; afterwards port isolation is fixed (NET-11). */
export const net10ExternalNotIsolated = defineRule({
  id: 'NET-10',
  key: 'EXTERNAL_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION',
  status: 409,
  sentence: 'External networks have no port isolation; {network} asks for it.',
  *find({ wanted: { name: network, external, portIsolation }, stored }: NetworkChange) {
    if (!stored && external && portIsolation) yield { path: 'port_isolation', values: { network } };
  },
});

export const ext10NotYetHere = defineRule({
  id: 'EXT-10',
  key: 'ACTION_TYPE_FAILED_EXTERNAL_NETWORK_ALREADY_EXISTS',
  status: 409,
  sentence: 'The network that provider {provider} calls {external} is here already, as {other}.',
  *find({ wanted, stored, networks }: NetworkChange) {
    const { external } = wanted;
    if (stored || !external) return;
    const { providerId: provider, externalId } = external;
    const other = networks.find(
      (one) => one.id !== wanted.id && one.external?.providerId === provider && one.external.externalId === externalId,
    );
    if (other) {
      yield { path: 'external_provider', values: { provider, external: externalId, other: other.name } };
    }
  },
});

export const ext10IsVmNetwork = defineRule({
  id: 'EXT-10',
  key: 'ACTION_TYPE_FAILED_EXTERNAL_NETWORK_MUST_BE_VM_NETWORK',
  status: 400,
  sentence: 'External network {network} must be a VM network.',
  *find({ wanted: { name: network, external, vm }, stored }: NetworkChange) {
    if (!stored && external && !vm) yield { path: 'usages', values: { network } };
  },
});

export const ext10TagNeedsPhysicalName = defineRule({
  id: 'EXT-10',
  key: 'ACTION_TYPE_FAILED_EXTERNAL_NETWORK_WITH_VLAN_MUST_BE_CUSTOM',
  status: 400,
  sentence: 'External network {network} with VLAN {vlan} must name the physical network that carries the tag.',
  *find({ wanted: { name: network, external, vlan }, stored }: NetworkChange) {
    if (stored || !external || vlan === null) return;
    if (external.physicalName === null && external.physicalNetworkId === null) {
      yield { path: 'external_provider_physical_network', values: { network, vlan } };
    }
  },
});

export const ext10PhysicalKnown = defineRule({
  id: 'EXT-10',
  key: 'ACTION_TYPE_FAILED_PROVIDER_PHYSICAL_NETWORK_DOES_NOT_EXIST_ON_DC',
  status: 400,
  sentence: 'External network {network}: this data centre has no physical network {physical}.',
  *find({ wanted: { name: network, external }, stored, networks }: NetworkChange) {
    const physical = external?.physicalNetworkId ?? null;
    if (stored || physical === null || networks.some((one) => one.id === physical && !one.external)) return;
    yield { path: 'external_provider_physical_network', values: { network, physical } };
  },
});

export const ext10PhysicalBringsTagAndLabel = defineRule({
  id: 'EXT-10',
  key: 'ACTION_TYPE_FAILED_LABEL_AND_VLAN_CANNOT_BE_SET_WITH_PROVIDER_PHYSICAL_NETWORK',
  status: 400,
  sentence: 'External network {network} has a physical network below it, which brings {what}; leave it out here.',
  *find({ wanted: { name: network, external, vlan, label }, stored }: NetworkChange) {
    if (stored || !external || external.physicalNetworkId === null) return;
    const given = [...(label === null ? [] : ['the label']), ...(vlan === null ? [] : ['the VLAN'])];
    const what = given.join(' and ');
    if (given.length > 0) yield { path: 'external_provider_physical_network', values: { network, what } };
  },
});

export const ext11DetailsFixed = defineRule({
  id: 'EXT-11',
  key: 'ACTION_TYPE_FAILED_EXTERNAL_NETWORK_DETAILS_CANNOT_BE_EDITED',
  status: 400,
  sentence: 'These details of external network {network} are fixed: {fields}.',
  *find({ wanted, stored }: NetworkChange) {
    if (!stored || (!stored.external && !wanted.external)) return;
    const changed = {
      vlan: stored.vlan !== wanted.vlan,
      stp: stored.stp !== wanted.stp,
      usages: stored.vm !== wanted.vm,
      external_provider: stored.external?.providerId !== wanted.external?.providerId,
      'external id': stored.external?.externalId !== wanted.external?.externalId,
      external_provider_physical_network:
        stored.external?.physicalNetworkId !== wanted.external?.physicalNetworkId ||
        stored.external?.physicalName !== wanted.external?.physicalName,
    };
    const fields = Object.entries(changed).flatMap(([field, differs]) => (differs ? field : []));
    if (fields.length > 0) yield { path: fields[0] ?? null, values: { network: stored.name, fields: list(fields) } };
  },
});

export const lbl31NotExternal = defineRule({
  id: 'LBL-31',
  key: 'ACTION_TYPE_FAILED_NOT_SUPPORTED_FOR_EXTERNAL_NETWORK',
  status: 400,
  sentence: 'External network {network} cannot be labelled.',
  *find({ network }: NetworkLabelling) {
    if (network.external) yield { path: 'network_label', values: { network: network.name } };
  },
});
