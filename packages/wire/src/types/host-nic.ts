import { entity } from './common.ts';
import { bootProtocol, ipVersion, nicStatus } from './enums.ts';
import type { Table } from './field.ts';
import {
  answer,
  attribute,
  boolean,
  collection,
  int,
  link,
  list,
  long,
  oneOf,
  request,
  string,
  struct,
} from './field.ts';

export const hostNicTypes = {
  host_nic: {
    plural: 'host_nics',
    doc: 'A network device of a host: a physical nic, a bond or a VLAN device.',
    fields: {
      ...entity,
      ad_aggregator_id: answer(int('Aggregator of the active LACP partner.')),
      base_interface: answer(string('The device a VLAN device sits on.')),
      bonding: struct('bonding', 'Only on bonds: options and slaves.'),
      boot_protocol: oneOf(bootProtocol, 'How IPv4 is configured; written only by clients of 3.6.'),
      bridged: answer(boolean('Whether the network on the device has a bridge.')),
      check_connectivity: request(boolean('Of 3.6: take the change back when the host cannot be reached.')),
      custom_configuration: answer(boolean('True when the device differs from its network; absent without a network.')),
      ip: struct('ip', 'The IPv4 address in use; written only by clients of 3.6.'),
      ipv6: answer(struct('ip', 'The IPv6 address in use; the netmask is a prefix length.')),
      ipv6_boot_protocol: answer(oneOf(bootProtocol, 'How IPv6 is configured.')),
      mac: answer(struct('mac', 'The hardware address.')),
      mtu: answer(int('Largest packet in bytes.')),
      override_configuration: request(boolean('Of 3.6: make the device equal to its network again.')),
      properties: answer(list('property', 'Custom properties of the attachment.')),
      speed: answer(long('Bits per second; absent when unknown.')),
      status: answer(oneOf(nicStatus, 'Whether there is a carrier; absent when unknown.')),
      virtual_functions_configuration: answer(
        struct('host_nic_virtual_functions_configuration', 'Only on SR-IOV physical functions.'),
      ),
      vlan: answer(struct('vlan', 'Only on VLAN devices.')),
      host: answer(link('host', 'The host the device belongs to.')),
      network: link('network', 'The network on the device; its name alone when the cluster does not have it.'),
      network_labels: collection('network_label', 'The labels on the device.'),
      physical_function: answer(link('host_nic', 'On a virtual function, the device it was made from.')),
      qos: link('qos', 'The host network QoS in effect.'),
      statistics: collection('statistic', 'Traffic and errors.'),
    },
  },
  bonding: {
    plural: 'bondings',
    doc: 'What makes a device a bond.',
    fields: {
      ad_partner_mac: answer(struct('mac', 'Hardware address of the LACP partner.')),
      options: list('option', 'Options of the bond; present replaces all.'),
      slaves: list('host_nic', 'The devices in the bond, by id or name; present replaces all.'),
      active_slave: answer(link('host_nic', 'The slave that carries the traffic now.')),
    },
  },
  mac: {
    plural: 'macs',
    doc: 'A hardware address.',
    fields: { address: string('Six hexadecimal bytes with colons.') },
  },
  vlan: {
    plural: 'vlans',
    doc: 'A VLAN tag. Present without an id in a request, it takes the tag away.',
    fields: { id: attribute(int('1 to 4094.')) },
  },
  ip: {
    plural: 'ips',
    doc: 'An address with its mask and gateway.',
    fields: {
      address: string('The address.'),
      gateway: string('The gateway.'),
      netmask: string('Dotted mask for IPv4, prefix length for IPv6.'),
      version: oneOf(ipVersion, 'Guessed from the address when absent: a colon means v6, everything else v4.'),
    },
  },
  host_nic_virtual_functions_configuration: {
    plural: 'host_nic_virtual_functions_configurations',
    doc: 'How many virtual functions a physical function offers, and to which networks.',
    fields: {
      all_networks_allowed: boolean('Whether every network may use the virtual functions.'),
      max_number_of_virtual_functions: answer(int('The most the hardware can make.')),
      number_of_virtual_functions: int('How many there are.'),
    },
  },
  network_label: {
    plural: 'network_labels',
    doc: 'A label; networks and devices that carry the same one are joined. Its text is its id.',
    fields: {
      ...entity,
      host_nic: link('host_nic', 'The device that carries the label, by id or name.'),
      network: link('network', 'The network that carries the label.'),
    },
  },
  unmanaged_network: {
    plural: 'unmanaged_networks',
    doc: 'A network found on the host that the engine does not know.',
    fields: {
      ...entity,
      host: answer(link('host', 'The host it was found on.')),
      host_nic: answer(link('host_nic', 'The device it was found on.')),
    },
  },
  link_layer_discovery_protocol_element: {
    plural: 'link_layer_discovery_protocol_elements',
    doc: 'One piece of what the neighbour of a device tells about itself.',
    fields: {
      ...entity,
      oui: answer(int('Organisation of an organisation-specific element.')),
      properties: answer(list('property', 'The decoded content.')),
      subtype: answer(int('Subtype of an organisation-specific element.')),
      type: answer(int('Type number of the element.')),
    },
  },
} as const satisfies Record<string, Table>;
