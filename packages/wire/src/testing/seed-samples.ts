import type { MediaType } from '../codec.ts';
import type { ApiObject, TypeName } from '../types/index.ts';

/**
 * The bodies of the seed's requests S1 to S14, in each spelling a client may use, and the object all of them mean. S2 and
 * S7 are DELETE requests without a body. S5 has no body of the 4.x spelling, where a query parameter says the same.
 */
export interface SeedSample {
  readonly id: string;
  readonly type: TypeName;
  readonly means: object;
  readonly bodies: readonly { readonly spelling: string; readonly mediaType: MediaType; readonly text: string }[];
}

interface Spellings {
  readonly seed?: string;
  readonly repaired?: string;
  readonly canonical?: string;
  readonly v36?: string;
  readonly json?: string;
  readonly olderJson?: string;
}

function sample<T extends TypeName>(id: string, type: T, means: ApiObject<T>, spellings: Spellings): SeedSample {
  const bodies = Object.entries(spellings).map(([spelling, text]: [string, string]) => {
    const mediaType: MediaType = spelling.toLowerCase().endsWith('json') ? 'json' : 'xml';
    return { spelling, mediaType, text };
  });
  return { id, type, means, bodies };
}

const network = '5c8d0e3e-0000-4000-8000-00000000000a';
const other = '5c8d0e3e-0000-4000-8000-00000000000b';
const slaves = ['833ebaeb-0988-4bd5-b860-e00bcc3f576a', '782e8199-984e-407f-b242-3d6c7dc2f7b7'] as const;

const bond: ApiObject<'host_nic'> = {
  name: 'bond0',
  bonding: {
    options: [
      { name: 'mode', value: '1' },
      { name: 'miimon', value: '100' },
    ],
    slaves: [{ id: slaves[0] }, { id: slaves[1] }],
  },
};

const seedOptions = `<options>
    <option><name>module</name><value>bonding</value></option>
    <option><name>mode</name><value>1</value><type>Active-Backup</type></option>
    <option><name>miimon</name><value>100</value></option>
  </options>`;

const brokenBond: ApiObject<'action'> = {
  modified_network_attachments: [
    { network: { id: network }, host_nic: { name: 'eth0' } },
    { network: { id: other }, host_nic: { name: 'eth1' } },
  ],
  removed_bonds: [{ name: 'bond0' }],
};

const onSlaves = (tag: string): string => `<action>
  <${tag}>
    <network_attachment><network id="${network}"/><host_nic><name>eth0</name></host_nic></network_attachment>
    <network_attachment><network id="${other}"/><host_nic><name>eth1</name></host_nic></network_attachment>
  </${tag}>
  <removed_bonds><host_nic><name>bond0</name></host_nic></removed_bonds>
</action>`;

const onSlavesById = (tag: string): string => `<action>
  <${tag}>
    <network_attachment id="A1"><host_nic><name>eth0</name></host_nic></network_attachment>
    <network_attachment id="A2"><host_nic><name>eth1</name></host_nic></network_attachment>
  </${tag}>
  <removed_bonds><host_nic><name>bond0</name></host_nic></removed_bonds>
</action>`;

const bondOnTwo = (bonds: string, bonding: string, options: string, attachments: string): string => `<action>
  <${bonds}><host_nic><name>bond0</name><${bonding}>
    ${options}
    <slaves><host_nic><name>eth0</name></host_nic><host_nic><name>eth1</name></host_nic></slaves>
  </${bonding}></host_nic></${bonds}>
  <${attachments}>
    <network_attachment><network id="${network}"/><host_nic><name>bond0</name></host_nic></network_attachment>
    <network_attachment><network id="${other}"/><host_nic><name>bond0</name></host_nic></network_attachment>
  </${attachments}>
</action>`;

const attributeOptions = '<options><option name="mode" value="1"/><option name="miimon" value="100"/></options>';

const json = (value: unknown): string => JSON.stringify(value);
const attachmentsJson = [
  { network: { id: network }, host_nic: { name: 'eth0' } },
  { network: { id: other }, host_nic: { name: 'eth1' } },
];
const slavesJson = { host_nic: slaves.map((id) => ({ id })) };
const optionsJson = [
  { name: 'mode', value: 1, type: 'Active-Backup' },
  { name: 'miimon', value: '100' },
];

export const seedSamples: readonly SeedSample[] = [
  sample(
    'S1',
    'network_attachment',
    { network: { id: network }, ip_address_assignments: [{ assignment_method: 'dhcp', ip: { version: 'v4' } }] },
    {
      seed: `<network_attachment><network id="${network}"/>
  <ip_configuration><ipv4s><ipv4><boot_protocol>DHCP</boot_protocol></ipv4></ipv4s></ip_configuration>
</network_attachment>`,
      canonical: `<network_attachment><network id="${network}"/><ip_address_assignments><ip_address_assignment>
  <assignment_method>dhcp</assignment_method><ip><version>v4</version></ip>
</ip_address_assignment></ip_address_assignments></network_attachment>`,
      v36: `<network_attachment><network id="${network}"/><ip_address_assignments><ip_address_assignment>
  <ip version="v4"/><assignment_method>DHCP</assignment_method>
</ip_address_assignment></ip_address_assignments></network_attachment>`,
      json: json({
        network: { id: network },
        ip_address_assignments: { ip_address_assignment: [{ assignment_method: 'dhcp', ip: { version: 'v4' } }] },
      }),
      olderJson: json({ network: { id: network }, ip_configuration: { ipv4s: { ipv4: [{ boot_protocol: 'DHCP' }] } } }),
    },
  ),
  sample(
    'S3',
    'network_attachment',
    {
      ip_address_assignments: [
        {
          assignment_method: 'static',
          ip: { address: '10.0.0.15', netmask: '255.255.255.0', gateway: '10.0.0.254', version: 'v4' },
        },
      ],
    },
    {
      seed: `<network_attachment><ip_configuration><ipv4s>
  <boot_protocol>static</boot_protocol>
  <ipv4><primary>true</primary><address>
    10.0.0.15
  </address><netmask>255.255.255.0</netmask><gateway>10.0.0.254</gateway></ipv4>
</ipv4s></ip_configuration></network_attachment>`,
      canonical: `<network_attachment><ip_address_assignments><ip_address_assignment>
  <assignment_method>static</assignment_method>
  <ip><address>10.0.0.15</address><gateway>10.0.0.254</gateway><netmask>255.255.255.0</netmask><version>v4</version></ip>
</ip_address_assignment></ip_address_assignments></network_attachment>`,
      v36: `<network_attachment><ip_address_assignments><ip_address_assignment>
  <ip address="10.0.0.15" netmask="255.255.255.0" gateway="10.0.0.254" version="v4"/>
  <assignment_method>static</assignment_method>
</ip_address_assignment></ip_address_assignments></network_attachment>`,
      json: json({
        ip_address_assignments: [
          {
            assignment_method: 'static',
            ip: { address: '10.0.0.15', netmask: '255.255.255.0', gateway: '10.0.0.254', version: 'v4' },
          },
        ],
      }),
      olderJson: json({
        ip_configuration: {
          ipv4s: {
            boot_protocol: 'static',
            ipv4: [{ primary: true, address: ' 10.0.0.15 ', netmask: '255.255.255.0', gateway: '10.0.0.254' }],
          },
        },
      }),
    },
  ),
  sample(
    'S4',
    'network_attachment',
    { network: { id: network } },
    {
      canonical: `<network_attachment><network id="${network}"/></network_attachment>`,
      v36: `<network_attachment><network><id>${network}</id></network></network_attachment>`,
      json: json({ network: { id: network } }),
    },
  ),
  sample(
    'S5',
    'network_attachment',
    { override_configuration: true },
    {
      seed: '<network_attachment><override_configuration>true</override_configuration></network_attachment>',
      olderJson: json({ override_configuration: 'true' }),
    },
  ),
  sample('S6', 'host_nic', bond, {
    seed: `<host_nic><name>bond0</name><link_aggregation>
  ${seedOptions}
  <slaves><host_nic id="${slaves[0]}"/><host_nic id="${slaves[1]}"/></slaves>
</link_aggregation></host_nic>`,
    canonical: `<host_nic><name>bond0</name><bonding>
  <options><option><name>mode</name><value>1</value></option><option><name>miimon</name><value>100</value></option></options>
  <slaves><host_nic id="${slaves[0]}"/><host_nic id="${slaves[1]}"/></slaves>
</bonding></host_nic>`,
    v36: `<host_nic><name>bond0</name><bonding>${attributeOptions}
  <slaves><host_nic id="${slaves[0]}"/><host_nic id="${slaves[1]}"/></slaves>
</bonding></host_nic>`,
    json: json({ name: 'bond0', bonding: { options: { option: optionsJson }, slaves: slavesJson } }),
    olderJson: json({
      name: 'bond0',
      link_aggregation: { options: [{ name: 'module', value: 'bonding' }, ...optionsJson], slaves: slavesJson },
    }),
  }),
  sample(
    'S8',
    'host_nic',
    {
      name: 'bond0',
      bonding: { options: [{ name: 'mode', value: '2' }], slaves: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] },
    },
    {
      seed: `<host_nic><name>bond0</name><bonding>
  <options><option><name>mode</name><value>2</value></option></options>
  <slaves><host_nic id="a"/><host_nic id="b"/><host_nic id="c"/></slaves>
</bonding></host_nic>`,
      v36: `<host_nic name="bond0"><bonding>
  <slaves><host_nic id="a"/><host_nic id="b"/><host_nic id="c"/></slaves>
  <options><option name="mode" value="2"/></options>
</bonding></host_nic>`,
      json: json({
        name: 'bond0',
        bonding: {
          options: { option: [{ name: 'mode', value: 2 }] },
          slaves: { host_nic: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] },
        },
      }),
    },
  ),
  sample(
    'S9',
    'network_attachment',
    { host_nic: { id: 'target' } },
    {
      canonical: '<network_attachment><host_nic id="target"/></network_attachment>',
      json: json({ host_nic: { id: 'target' } }),
    },
  ),
  sample(
    'S10',
    'action',
    { modified_network_attachments: [{ id: 'A', host_nic: { id: 'target' } }] },
    {
      seed: '<action><network_attachments id="A"><host_nic id="target"/></network_attachments></action>',
      repaired:
        '<action><network_attachments><network_attachment id="A"><host_nic id="target"/></network_attachment></network_attachments></action>',
      canonical:
        '<action><modified_network_attachments><network_attachment id="A"><host_nic id="target"/></network_attachment></modified_network_attachments></action>',
      json: json({ modified_network_attachments: { network_attachment: [{ id: 'A', host_nic: { id: 'target' } }] } }),
      olderJson: json({ network_attachments: { id: 'A', host_nic: { id: 'target' } } }),
    },
  ),
  sample(
    'S11',
    'action',
    {
      modified_bonds: [{ ...bond, bonding: { ...bond.bonding, slaves: [{ name: 'eth0' }, { name: 'eth1' }] } }],
      modified_network_attachments: [
        { network: { id: network }, host_nic: { name: 'bond0' } },
        { network: { id: other }, host_nic: { name: 'bond0' } },
      ],
    },
    {
      seed: bondOnTwo('bonds', 'link_aggregation', seedOptions, 'network_attachments'),
      canonical: bondOnTwo('modified_bonds', 'bonding', seedOptions, 'modified_network_attachments'),
      v36: bondOnTwo('modified_bonds', 'bonding', attributeOptions, 'modified_network_attachments'),
      json: json({
        modified_bonds: {
          host_nic: [
            {
              name: 'bond0',
              bonding: { options: { option: optionsJson }, slaves: { host_nic: [{ name: 'eth0' }, { name: 'eth1' }] } },
            },
          ],
        },
        modified_network_attachments: {
          network_attachment: attachmentsJson.map((attachment) => ({ ...attachment, host_nic: { name: 'bond0' } })),
        },
      }),
    },
  ),
  sample('S12', 'action', brokenBond, {
    seed: onSlaves('network_attachments'),
    canonical: onSlaves('modified_network_attachments'),
    json: json({
      modified_network_attachments: { network_attachment: attachmentsJson },
      removed_bonds: { host_nic: [{ name: 'bond0' }] },
    }),
    olderJson: json({ network_attachments: attachmentsJson, removed_bonds: [{ name: 'bond0' }] }),
  }),
  sample(
    'S13',
    'action',
    {
      modified_network_attachments: [
        { id: 'A1', host_nic: { name: 'eth0' } },
        { id: 'A2', host_nic: { name: 'eth1' } },
      ],
      removed_bonds: [{ name: 'bond0' }],
    },
    {
      seed: onSlavesById('network_attachments'),
      canonical: onSlavesById('modified_network_attachments'),
      json: json({
        modified_network_attachments: [
          { id: 'A1', host_nic: { name: 'eth0' } },
          { id: 'A2', host_nic: { name: 'eth1' } },
        ],
        removed_bonds: [{ name: 'bond0' }],
      }),
    },
  ),
  sample(
    'S14',
    'action',
    { removed_network_attachments: [{ id: 'A1' }, { id: 'A2' }] },
    {
      canonical:
        '<action><removed_network_attachments><network_attachment id="A1"/><network_attachment id="A2"/></removed_network_attachments></action>',
      json: json({ removed_network_attachments: { network_attachment: [{ id: 'A1' }, { id: 'A2' }] } }),
    },
  ),
];
