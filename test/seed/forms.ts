/**
 * The founding samples S-01 to S-16 in three forms: the older spelling as first published (typing errors repaired),
 * oVirt 4.x XML, and 4.x JSON. Each function gives method, path below the host, and body.
 */

export type Form = 'older spelling' | '4.x XML' | '4.x JSON';
export const forms: readonly Form[] = ['older spelling', '4.x XML', '4.x JSON'];

export interface Sample {
  method: 'POST' | 'PUT' | 'DELETE';
  /** Below `/hosts/{id}`. */
  path: string;
  body?: string | object;
}

/** Ids unless the name says otherwise. */
export interface Bond {
  name: string;
  mode: string;
  slaves: { id: string; name: string }[];
}

export interface Samples {
  /** S-01 */
  attachDhcp(nic: string, network: string): Sample;
  /** S-02 */
  detach(nic: string, attachment: string): Sample;
  /** S-03 */
  makeStatic(nic: string, attachment: string, address: string, netmask: string, gateway: string): Sample;
  /** S-04 */
  attach(nic: string, network: string): Sample;
  /** S-05 */
  synchronise(nic: string, attachment: string): Sample;
  /** S-06 */
  createBond(bond: Bond): Sample;
  /** S-07 */
  removeBond(nic: string): Sample;
  /** S-08 */
  changeBond(nic: string, bond: Bond): Sample;
  /** S-09 */
  move(attachment: string, nic: string): Sample;
  /** S-10 */
  moveBySetup(attachment: string, nic: string): Sample;
  /** S-11 */
  bondAndMove(bond: Bond, networks: string[]): Sample;
  /** S-12 */
  breakByNetwork(bond: string, moves: { network: string; nic: string }[]): Sample;
  /** S-13 */
  breakByAttachment(bond: string, moves: { attachment: string; nic: string }[]): Sample;
  /** S-14 */
  detachAll(attachments: string[]): Sample;
  /** S-15 */
  synchroniseBySetup(attachments: string[]): Sample;
  /** S-16 */
  attachAtHost(nicName: string, network: string, address: string, netmask: string): Sample;
}

const setup = (body: string | object): Sample => ({ method: 'POST', path: '/setupnetworks', body });
const list = (wrapper: string, entries: string[]) => `<${wrapper}>${entries.join('')}</${wrapper}>`;

const olderOptions = (mode: string) =>
  `<options><option><name>module</name><value>bonding</value></option><option><name>mode</name><value>${mode}</value><type>Active-Backup</type></option><option><name>miimon</name><value>100</value></option></options>`;
const options = (mode: string) =>
  `<options><option><name>mode</name><value>${mode}</value></option><option><name>miimon</name><value>100</value></option></options>`;

const older: Samples = {
  attachDhcp: (nic, network) => ({
    method: 'POST',
    path: `/nics/${nic}/networkattachments`,
    body: `<network_attachment><network id="${network}"/><ip_configuration><ipv4s><ipv4><boot_protocol>DHCP</boot_protocol></ipv4></ipv4s></ip_configuration></network_attachment>`,
  }),
  detach: (nic, attachment) => ({ method: 'DELETE', path: `/nics/${nic}/networkattachments/${attachment}` }),
  makeStatic: (nic, attachment, address, netmask, gateway) => ({
    method: 'PUT',
    path: `/nics/${nic}/networkattachments/${attachment}`,
    body: `<network_attachment><ip_configuration><ipv4s>
      <boot_protocol>static</boot_protocol>
      <ipv4><primary>true</primary><address>
        ${address}
      </address><netmask>${netmask}</netmask><gateway>${gateway}</gateway></ipv4>
    </ipv4s></ip_configuration></network_attachment>`,
  }),
  attach: (nic, network) => ({
    method: 'POST',
    path: `/nics/${nic}/networkattachments`,
    body: `<network_attachment><network id="${network}"/></network_attachment>`,
  }),
  synchronise: (nic, attachment) => ({
    method: 'PUT',
    path: `/nics/${nic}/networkattachments/${attachment}`,
    body: '<network_attachment><override_configuration>true</override_configuration></network_attachment>',
  }),
  createBond: (bond) => ({
    method: 'POST',
    path: '/nics',
    body: `<host_nic><name>${bond.name}</name><link_aggregation>${olderOptions(bond.mode)}${list(
      'slaves',
      bond.slaves.map((s) => `<host_nic id="${s.id}"/>`),
    )}</link_aggregation></host_nic>`,
  }),
  removeBond: (nic) => ({ method: 'DELETE', path: `/nics/${nic}` }),
  changeBond: (nic, bond) => ({
    method: 'PUT',
    path: `/nics/${nic}`,
    body: `<host_nic><name>${bond.name}</name><bonding><options><option><name>mode</name><value>${bond.mode}</value></option></options>${list(
      'slaves',
      bond.slaves.map((s) => `<host_nic id="${s.id}"/>`),
    )}</bonding></host_nic>`,
  }),
  move: (attachment, nic) => ({
    method: 'PUT',
    path: `/networkattachments/${attachment}`,
    body: `<network_attachment><host_nic id="${nic}"/></network_attachment>`,
  }),
  // The page writes the id on the wrapper.
  moveBySetup: (attachment, nic) =>
    setup(`<action><network_attachments id="${attachment}"><host_nic id="${nic}"/></network_attachments></action>`),
  bondAndMove: (bond, networks) =>
    setup(
      `<action><bonds><host_nic><name>${bond.name}</name><link_aggregation>${olderOptions(bond.mode)}${list(
        'slaves',
        bond.slaves.map((s) => `<host_nic><name>${s.name}</name></host_nic>`),
      )}</link_aggregation></host_nic></bonds>${list(
        'network_attachments',
        networks.map(
          (n) =>
            `<network_attachment><network id="${n}"/><host_nic><name>${bond.name}</name></host_nic></network_attachment>`,
        ),
      )}</action>`,
    ),
  breakByNetwork: (bond, moves) =>
    setup(
      `<action>${list(
        'network_attachments',
        moves.map(
          (m) =>
            `<network_attachment><network id="${m.network}"/><host_nic><name>${m.nic}</name></host_nic></network_attachment>`,
        ),
      )}<removed_bonds><host_nic><name>${bond}</name></host_nic></removed_bonds></action>`,
    ),
  breakByAttachment: (bond, moves) =>
    setup(
      `<action>${list(
        'network_attachments',
        moves.map(
          (m) =>
            `<network_attachment id="${m.attachment}"><host_nic><name>${m.nic}</name></host_nic></network_attachment>`,
        ),
      )}<removed_bonds><host_nic><name>${bond}</name></host_nic></removed_bonds></action>`,
    ),
  detachAll: (attachments) =>
    setup(
      `<action>${list(
        'removed_network_attachments',
        attachments.map((a) => `<network_attachment id="${a}"/>`),
      )}</action>`,
    ),
  synchroniseBySetup: (attachments) =>
    setup(
      `<action>${list(
        'network_attachments',
        attachments.map(
          (a) =>
            `<network_attachment id="${a}"><override_configuration>true</override_configuration></network_attachment>`,
        ),
      )}</action>`,
    ),
  attachAtHost: (nic, network, address, netmask) => ({
    method: 'POST',
    path: '/networkattachments',
    body: `<network_attachment><network id="${network}"/><host_nic><name>${nic}</name></host_nic><ip_configuration><ipv4s><ipv4><boot_protocol>static</boot_protocol><address>${address}</address><netmask>${netmask}</netmask></ipv4></ipv4s></ip_configuration></network_attachment>`,
  }),
};

const assignment = (method: string, ip: string) =>
  `<ip_address_assignments><ip_address_assignment><assignment_method>${method}</assignment_method><ip>${ip}<version>v4</version></ip></ip_address_assignment></ip_address_assignments>`;

const xml: Samples = {
  ...older,
  attachDhcp: (nic, network) => ({
    method: 'POST',
    path: `/nics/${nic}/networkattachments`,
    body: `<network_attachment><network id="${network}"/>${assignment('dhcp', '')}</network_attachment>`,
  }),
  makeStatic: (nic, attachment, address, netmask, gateway) => ({
    method: 'PUT',
    path: `/nics/${nic}/networkattachments/${attachment}`,
    body: `<network_attachment>${assignment(
      'static',
      `<address>${address}</address><netmask>${netmask}</netmask><gateway>${gateway}</gateway>`,
    )}</network_attachment>`,
  }),
  synchronise: (nic, attachment) => ({
    method: 'PUT',
    path: `/nics/${nic}/networkattachments/${attachment}?override_configuration=true`,
    body: '<network_attachment/>',
  }),
  createBond: (bond) =>
    setup(
      `<action><modified_bonds><host_nic><name>${bond.name}</name><bonding>${options(bond.mode)}${list(
        'slaves',
        bond.slaves.map((s) => `<host_nic id="${s.id}"/>`),
      )}</bonding></host_nic></modified_bonds></action>`,
    ),
  changeBond: (nic, bond) =>
    setup(
      `<action><modified_bonds><host_nic id="${nic}"><bonding><options><option><name>mode</name><value>${bond.mode}</value></option></options>${list(
        'slaves',
        bond.slaves.map((s) => `<host_nic><name>${s.name}</name></host_nic>`),
      )}</bonding></host_nic></modified_bonds></action>`,
    ),
  moveBySetup: (attachment, nic) =>
    setup(
      `<action><modified_network_attachments><network_attachment id="${attachment}"><host_nic id="${nic}"/></network_attachment></modified_network_attachments></action>`,
    ),
  bondAndMove: (bond, networks) =>
    setup(
      `<action><modified_bonds><host_nic><name>${bond.name}</name><bonding>${options(bond.mode)}${list(
        'slaves',
        bond.slaves.map((s) => `<host_nic><name>${s.name}</name></host_nic>`),
      )}</bonding></host_nic></modified_bonds>${list(
        'modified_network_attachments',
        networks.map(
          (n) =>
            `<network_attachment><network id="${n}"/><host_nic><name>${bond.name}</name></host_nic></network_attachment>`,
        ),
      )}</action>`,
    ),
  breakByNetwork: (bond, moves) =>
    setup(
      `<action>${list(
        'modified_network_attachments',
        moves.map(
          (m) =>
            `<network_attachment><network id="${m.network}"/><host_nic><name>${m.nic}</name></host_nic></network_attachment>`,
        ),
      )}<removed_bonds><host_nic><name>${bond}</name></host_nic></removed_bonds></action>`,
    ),
  breakByAttachment: (bond, moves) =>
    setup(
      `<action>${list(
        'modified_network_attachments',
        moves.map(
          (m) =>
            `<network_attachment id="${m.attachment}"><host_nic><name>${m.nic}</name></host_nic></network_attachment>`,
        ),
      )}<removed_bonds><host_nic><name>${bond}</name></host_nic></removed_bonds></action>`,
    ),
  synchroniseBySetup: (attachments) =>
    setup(
      `<action>${list(
        'synchronized_network_attachments',
        attachments.map((a) => `<network_attachment id="${a}"/>`),
      )}</action>`,
    ),
  attachAtHost: (nic, network, address, netmask) => ({
    method: 'POST',
    path: '/networkattachments',
    body: `<network_attachment><network id="${network}"/><host_nic><name>${nic}</name></host_nic>${assignment(
      'static',
      `<address>${address}</address><netmask>${netmask}</netmask>`,
    )}</network_attachment>`,
  }),
};

const jsonOptions = (mode: string, miimon = true) => ({
  option: [{ name: 'mode', value: mode }, ...(miimon ? [{ name: 'miimon', value: '100' }] : [])],
});
const jsonAssignment = (assignment_method: string, ip: object) => ({
  ip_address_assignments: { ip_address_assignment: [{ assignment_method, ip: { ...ip, version: 'v4' } }] },
});
const jsonMoves = (moves: object[], bond: string) => ({
  modified_network_attachments: { network_attachment: moves },
  removed_bonds: { host_nic: [{ name: bond }] },
});

const json: Samples = {
  ...xml,
  attachDhcp: (nic, network) => ({
    method: 'POST',
    path: `/nics/${nic}/networkattachments`,
    body: { network: { id: network }, ...jsonAssignment('dhcp', {}) },
  }),
  makeStatic: (nic, attachment, address, netmask, gateway) => ({
    method: 'PUT',
    path: `/nics/${nic}/networkattachments/${attachment}`,
    body: jsonAssignment('static', { address, netmask, gateway }),
  }),
  attach: (nic, network) => ({
    method: 'POST',
    path: `/nics/${nic}/networkattachments`,
    body: { network: { id: network } },
  }),
  synchronise: (nic, attachment) => ({
    method: 'PUT',
    path: `/nics/${nic}/networkattachments/${attachment};override_configuration=true`,
    body: {},
  }),
  createBond: (bond) =>
    setup({
      modified_bonds: {
        host_nic: [
          {
            name: bond.name,
            bonding: {
              options: jsonOptions(bond.mode),
              slaves: { host_nic: bond.slaves.map((s) => ({ id: s.id })) },
            },
          },
        ],
      },
    }),
  changeBond: (nic, bond) =>
    setup({
      modified_bonds: {
        host_nic: [
          {
            id: nic,
            bonding: {
              options: jsonOptions(bond.mode, false),
              slaves: { host_nic: bond.slaves.map((s) => ({ name: s.name })) },
            },
          },
        ],
      },
    }),
  move: (attachment, nic) => ({
    method: 'PUT',
    path: `/networkattachments/${attachment}`,
    body: { host_nic: { id: nic } },
  }),
  moveBySetup: (attachment, nic) =>
    setup({
      modified_network_attachments: { network_attachment: [{ id: attachment, host_nic: { id: nic } }] },
    }),
  bondAndMove: (bond, networks) =>
    setup({
      modified_bonds: {
        host_nic: [
          {
            name: bond.name,
            bonding: {
              options: jsonOptions(bond.mode),
              slaves: { host_nic: bond.slaves.map((s) => ({ name: s.name })) },
            },
          },
        ],
      },
      modified_network_attachments: {
        network_attachment: networks.map((id) => ({ network: { id }, host_nic: { name: bond.name } })),
      },
    }),
  breakByNetwork: (bond, moves) =>
    setup(
      jsonMoves(
        moves.map((m) => ({ network: { id: m.network }, host_nic: { name: m.nic } })),
        bond,
      ),
    ),
  breakByAttachment: (bond, moves) =>
    setup(
      jsonMoves(
        moves.map((m) => ({ id: m.attachment, host_nic: { name: m.nic } })),
        bond,
      ),
    ),
  detachAll: (attachments) =>
    setup({ removed_network_attachments: { network_attachment: attachments.map((id) => ({ id })) } }),
  synchroniseBySetup: (attachments) =>
    setup({ synchronized_network_attachments: { network_attachment: attachments.map((id) => ({ id })) } }),
  attachAtHost: (nic, network, address, netmask) => ({
    method: 'POST',
    path: '/networkattachments',
    body: { network: { id: network }, host_nic: { name: nic }, ...jsonAssignment('static', { address, netmask }) },
  }),
};

export const samples: Record<Form, Samples> = { 'older spelling': older, '4.x XML': xml, '4.x JSON': json };
