import { entity } from './common.ts';
import { passThroughMode } from './enums.ts';
import { boolean, collection, link, list, oneOf, string, struct, type Table } from './field.ts';

export const vnicProfileTypes = {
  vnic_profile: {
    plural: 'vnic_profiles',
    doc: 'How virtual machines may use a network.',
    fields: {
      ...entity,
      custom_properties: list('custom_property', 'Properties handed to hooks.'),
      migratable: boolean('Whether a machine with a passed-through device may migrate.'),
      pass_through: struct('vnic_pass_through', 'Whether the vNIC is a virtual function.'),
      port_mirroring: boolean('Whether the vNIC sees all traffic of the network.'),
      failover: link('vnic_profile', 'The profile used during a migration.'),
      network: link('network', 'The network, by id.'),
      network_filter: link('network_filter', 'The packet filter.'),
      permissions: collection('permission', 'Who may use the profile.'),
      qos: link('qos', 'The QoS of each vNIC.'),
    },
  },
  vnic_pass_through: {
    plural: 'vnic_pass_throughs',
    doc: 'Whether a vNIC is a virtual function of a physical nic.',
    fields: { mode: oneOf(passThroughMode, 'On or off.') },
  },
  custom_property: {
    plural: 'custom_properties',
    doc: 'A property handed to hooks.',
    fields: {
      name: string('Name of the property.'),
      regexp: string('What values are allowed.'),
      value: string('Value of the property.'),
    },
  },
} as const satisfies Record<string, Table>;
