import type { Row } from './row.ts';

/** Well-formed, but not what the resource is about. */
export const wrongXml: readonly Row[] = [
  ['root of another type', 'network_attachment', '<network/>'],
  ['plural root', 'host', '<hosts><host/></hosts>'],
  ['unknown root', 'host', '<foo/>'],
  ['root in upper case', 'host', '<HOST/>'],
  ['root with a prefix', 'host', '<o:host xmlns:o="urn:x"/>'],
  ['entity where an action is expected', 'action', '<host/>'],
  ['root of the older spelling in the wrong place', 'network', '<label id="a"/>'],
  ['unknown element', 'host', '<host><nmae>h</nmae></host>'],
  ['element in upper case', 'host', '<host><Name>h</Name></host>'],
  ['model spelling instead of wire spelling', 'action', '<action><checkConnectivity>true</checkConnectivity></action>'],
  [
    'unknown element deep inside',
    'action',
    '<action><modified_bonds><host_nic><bonding><mode>1</mode></bonding></host_nic></modified_bonds></action>',
  ],
  ['unknown attribute', 'host', '<host foo="1"/>'],
  ['unknown attribute of a text', 'host', '<host><name lang="en">h</name></host>'],
  ['structure as an attribute', 'host_nic', '<host_nic bonding="1"/>'],
  ['list as an attribute', 'network', '<network usages="vm"/>'],
  ['element in a text', 'host', '<host><name><b>h</b></name></host>'],
  ['text in a structure', 'host', '<host>h</host>'],
  ['text in a list', 'network', '<network><usages>vm</usages></network>'],
  ['text beside elements', 'host', '<host><name>h</name>and so on</host>'],
  ['member given twice', 'host', '<host><name>a</name><name>b</name></host>'],
  ['member as attribute and element', 'host', '<host id="a"><id>b</id></host>'],
  ['structure given twice', 'host_nic', '<host_nic><bonding/><bonding/></host_nic>'],
  ['list given twice', 'network', '<network><usages/><usages/></network>'],
  ['list of structures given twice', 'action', '<action><modified_bonds/><modified_bonds/></action>'],
  ['wrong item', 'action', '<action><modified_bonds><bond/></modified_bonds></action>'],
  ['item of another list', 'action', '<action><removed_bonds><network_attachment/></removed_bonds></action>'],
  ['item without a wrapper', 'action', '<action><host_nic><name>a</name></host_nic></action>'],
  ['wrong item of a plain list', 'network', '<network><usages><use>vm</use></usages></network>'],
  ['element in a plain item', 'network', '<network><usages><usage><vm/></usage></usages></network>'],
  ['attributes on a wrapper', 'host_nic', '<host_nic><bonding><slaves id="a"/></bonding></host_nic>'],
  ['attribute on a plain list', 'network', '<network><usages id="a"/></network>'],
  ['prefixed element', 'host', '<host xmlns:x="urn:x"><x:name>h</x:name></host>'],
  ['prototype as an element', 'host', '<host><__proto__><name>h</name></__proto__></host>'],
  ['prototype as an attribute', 'host', '<host __proto__="x"/>'],
  ['constructor as an element', 'host', '<host><constructor/></host>'],
  ['toString as an element', 'action', '<action><toString>1</toString></action>'],
  ['two spellings of a list', 'action', '<action><bonds/><modified_bonds/></action>'],
  ['two spellings of a list, the older one last', 'action', '<action><modified_bonds/><bonds/></action>'],
  ['two spellings of attachments', 'action', '<action><modified_network_attachments/><network_attachments/></action>'],
  [
    'two spellings of attachments, the older one first',
    'action',
    '<action><network_attachments id="A"/><modified_network_attachments/></action>',
  ],
  ['two spellings of bonding', 'host_nic', '<host_nic><link_aggregation/><bonding/></host_nic>'],
  [
    'two spellings of addresses',
    'network_attachment',
    '<network_attachment><ip_address_assignments/><ip_configuration/></network_attachment>',
  ],
  [
    'two spellings of addresses, the older one first',
    'network_attachment',
    '<network_attachment><ip_configuration/><ip_address_assignments/></network_attachment>',
  ],
  ['older spelling twice', 'action', '<action><bonds/><bonds/></action>'],
  [
    'wrapper that is an item and holds one',
    'action',
    '<action><network_attachments id="A"><network_attachment id="B"/></network_attachments></action>',
  ],
  ['canonical wrapper as an item', 'action', '<action><modified_network_attachments id="A"/></action>'],
  [
    'unknown kernel module',
    'host_nic',
    '<host_nic><link_aggregation><options><option><name>module</name><value>team</value></option></options></link_aggregation></host_nic>',
  ],
  [
    'kernel module without a value',
    'host_nic',
    '<host_nic><bonding><options><option name="module"/></options></bonding></host_nic>',
  ],
  [
    'older address without a method',
    'network_attachment',
    '<network_attachment><ip_configuration><ipv4s><ipv4/></ipv4s></ip_configuration></network_attachment>',
  ],
  [
    'older address with a gateway alone',
    'network_attachment',
    '<network_attachment><ip_configuration><ipv4s><ipv4><gateway>10.0.0.1</gateway></ipv4></ipv4s></ip_configuration></network_attachment>',
  ],
  [
    'older addresses in the wrong family',
    'network_attachment',
    '<network_attachment><ip_configuration><ipv4s><ipv6/></ipv4s></ip_configuration></network_attachment>',
  ],
  [
    'older addresses without a family',
    'network_attachment',
    '<network_attachment><ip_configuration><ipv4/></ip_configuration></network_attachment>',
  ],
  [
    'older families given twice',
    'network_attachment',
    '<network_attachment><ip_configuration><ipv4s/><ipv4s/></ip_configuration></network_attachment>',
  ],
  ['older family outside its configuration', 'network_attachment', '<network_attachment><ipv4s/></network_attachment>'],
  [
    'primary that is no boolean',
    'network_attachment',
    '<network_attachment><ip_configuration><ipv4s><ipv4><primary>yes</primary><boot_protocol>dhcp</boot_protocol></ipv4></ipv4s></ip_configuration></network_attachment>',
  ],
];

const mtu = (text: string): string => `<network><mtu>${text}</mtu></network>`;
const stp = (text: string): string => `<network><stp>${text}</stp></network>`;
const time = (text: string): string => `<event><time>${text}</time></event>`;
const method = (text: string): string =>
  `<network_attachment><ip_address_assignments><ip_address_assignment><assignment_method>${text}</assignment_method></ip_address_assignment></ip_address_assignments></network_attachment>`;

/** Texts that are not the values they should be. */
export const badValuesXml: readonly Row[] = [
  ...[
    'abc',
    '1.5',
    '1,500',
    '0x5dc',
    '1e3',
    '--1',
    '+-1',
    '1 500',
    '٣',
    'NaN',
    'Infinity',
    'true',
    '2147483648',
    '-2147483649',
    '9'.repeat(400),
  ].map((text): Row => [`integer ${text.slice(0, 20)}`, 'network', mtu(text)]),
  ...['', 'yes', 'no', 'on', 'off', '2', '-1', 't', 'null', 'true false', 'truee'].map(
    (text): Row => [`boolean "${text}"`, 'network', stp(text)],
  ),
  ...[
    '',
    'yesterday',
    '2024-05-01',
    '2024-13-01T00:00:00Z',
    '2024-05-01T25:00:00Z',
    '2024-05-01 10:00:00',
    '10:00',
    '2024-05-01T10:00:00+99:99',
    '9'.repeat(30),
  ].map((text): Row => [`time "${text}"`, 'event', time(text)]),
  ...['', 'foo', 'dhcpv6', 'static_ip', 'd hcp', 'none,static', '1'].map(
    (text): Row => [`word "${text}"`, 'network_attachment', method(text)],
  ),
  ['VLAN that is no number', 'network', '<network><vlan id="ten"/></network>'],
  ['VLAN as an element that is no number', 'network', '<network><vlan><id>ten</id></vlan></network>'],
  ['unknown usage', 'network', '<network><usages><usage>vm</usage><usage>storage</usage></usages></network>'],
  [
    'unknown IP version',
    'network_attachment',
    '<network_attachment><ip_address_assignments><ip_address_assignment><ip version="v5"/></ip_address_assignment></ip_address_assignments></network_attachment>',
  ],
  ['unknown QoS type', 'qos', '<qos><type>disk</type></qos>'],
  ['unknown severity', 'event', '<event><severity>catastrophe</severity></event>'],
  ['unknown switch', 'cluster', '<cluster><switch_type>linux</switch_type></cluster>'],
  [
    'unknown older protocol',
    'network_attachment',
    '<network_attachment><ip_configuration><ipv4s><boot_protocol>bootp</boot_protocol></ipv4s></ip_configuration></network_attachment>',
  ],
  ['speed that is no number', 'host', '<host><cpu><speed>fast</speed></cpu></host>'],
  ['timeout beyond 32 bits', 'action', '<action><connectivity_timeout>99999999999</connectivity_timeout></action>'],
];
