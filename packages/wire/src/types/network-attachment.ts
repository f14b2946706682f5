import { entity } from './common.ts';
import { bootProtocol } from './enums.ts';
import { answer, boolean, link, list, oneOf, request, string, struct, type Table, values } from './field.ts';

export const networkAttachmentTypes = {
  network_attachment: {
    plural: 'network_attachments',
    doc: 'A network on a device of a host, with its addresses.',
    fields: {
      ...entity,
      dns_resolver_configuration: struct(
        'dns_resolver_configuration',
        'Name servers; present without any removes them.',
      ),
      in_sync: answer(boolean('Whether the host looks as the engine wants; absent while the host has not reported.')),
      ip_address_assignments: list(
        'ip_address_assignment',
        'Absent keeps the addresses; present replaces all of them, also when empty.',
      ),
      override_configuration: request(boolean('Of the older spelling: make the host equal to the engine again.')),
      properties: list('property', 'Custom properties; present replaces all, also when empty.'),
      reported_configurations: answer(list('reported_configuration', 'What is wanted and what was found, by name.')),
      host: answer(link('host', 'The host; only at host level.')),
      host_nic: link('host_nic', 'The device, by id or name; giving it moves the attachment.'),
      network: link('network', 'The network, by id or name; it cannot be changed.'),
      qos: link('qos', 'An anonymous host network QoS for this attachment alone.'),
    },
  },
  ip_address_assignment: {
    plural: 'ip_address_assignments',
    doc: 'How one address family is configured.',
    fields: {
      assignment_method: oneOf(bootProtocol, 'The last two are for IPv6 only.'),
      ip: struct('ip', 'The address, for a static assignment, and the version.'),
    },
  },
  reported_configuration: {
    plural: 'reported_configurations',
    doc: 'One property of an attachment, as wanted and as found.',
    fields: {
      actual_value: answer(string('What the host reported; absent when nothing.')),
      expected_value: answer(string('What the engine wants; absent when nothing.')),
      in_sync: answer(boolean('Whether the two agree.')),
      name: answer(string('Name of the property.')),
    },
  },
  dns_resolver_configuration: {
    plural: 'dns_resolver_configurations',
    doc: 'Name servers.',
    fields: { name_servers: values('name_server', string('Addresses of the name servers, the first asked first.')) },
  },
} as const satisfies Record<string, Table>;
