/**
 * Requests in the notation of the acceptance scenarios. An ask says what will be sent; ids are looked up when it is
 * sent, so that a test speaks of eth1 and of networks, never of ids.
 */

/** What a test calls by name and a request calls by id. */
export interface Ids {
  /** @throws when the host has no such nic */
  nic(name: string): string;
  /** Id of the network's attachment. @throws when the network is not attached */
  attachment(network: NetworkRef): string;
}

export interface NetworkRef {
  id: string;
  name: string;
}

export interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/hosts/{id}`. */
  path: (ids: Ids) => string;
  /** Root element, and the content as JSON has it. */
  body?: { root: string; content: (ids: Ids) => object };
  /** Status of success. */
  success: 200 | 201;
}

/** One part of a `setupnetworks` action. */
export interface Part {
  /** Name of the list, and of its entries; or of a plain member, and its value. */
  list: string;
  member?: string;
  value: (ids: Ids) => unknown;
}

/** Members of an attachment beside network and nic, as JSON has them: see `ip`, `qos`, `properties`, `dns`. */
export type AttachmentMembers = Record<string, unknown>;

/** A nic by name, by id (`{ id }`), or as given. */
export type NicRef = string | { id?: string; name?: string };

export function nicPost(nic: string, network: NetworkRef | null, more: AttachmentMembers = {}): Ask {
  return {
    method: 'POST',
    path: (ids) => `/nics/${ids.nic(nic)}/networkattachments`,
    body: { root: 'network_attachment', content: () => ({ ...(network && { network: byName(network) }), ...more }) },
    success: 201,
  };
}

export function hostPost(network: NetworkRef, nic: NicRef | null, more: AttachmentMembers = {}): Ask {
  const content = () => ({ network: byName(network), ...(nic !== null && { host_nic: nicLink(nic) }), ...more });
  return {
    method: 'POST',
    path: () => '/networkattachments',
    body: { root: 'network_attachment', content },
    success: 201,
  };
}

/** Changes the network's attachment, under the host. @param more only what is to change */
export function put(network: NetworkRef, more: AttachmentMembers & { nic?: NicRef }): Ask {
  return { ...change(more), path: (ids) => `/networkattachments/${ids.attachment(network)}` };
}

/** The same under the nic that carries it now. */
export function nicPut(nic: string, network: NetworkRef, more: AttachmentMembers & { nic?: NicRef }): Ask {
  return { ...change(more), path: (ids) => `/nics/${ids.nic(nic)}/networkattachments/${ids.attachment(network)}` };
}

function change({ nic, ...more }: AttachmentMembers & { nic?: NicRef }): Omit<Ask, 'path'> {
  const content = () => ({ ...(nic !== undefined && { host_nic: nicLink(nic) }), ...more });
  return { method: 'PUT', body: { root: 'network_attachment', content }, success: 200 };
}

export function hostDelete(network: NetworkRef): Ask {
  return { method: 'DELETE', path: (ids) => `/networkattachments/${ids.attachment(network)}`, success: 200 };
}

export function nicDelete(nic: string, network: NetworkRef): Ask {
  const path = (ids: Ids) => `/nics/${ids.nic(nic)}/networkattachments/${ids.attachment(network)}`;
  return { method: 'DELETE', path, success: 200 };
}

/** The three ways to attach, change and remove: under the nic, under the host, by setupnetworks. */
export const doors: readonly {
  name: string;
  attach(network: NetworkRef, nic: string, more?: AttachmentMembers): Ask;
  change(network: NetworkRef, nic: string, more: AttachmentMembers): Ask;
  remove(network: NetworkRef, nic: string): Ask;
}[] = [
  {
    name: 'nic',
    attach: (network, nic, more) => nicPost(nic, network, more),
    change: (network, nic, more) => nicPut(nic, network, more),
    remove: (network, nic) => nicDelete(nic, network),
  },
  { name: 'host', attach: hostPost, change: (network, _, more) => put(network, more), remove: hostDelete },
  {
    name: 'setupnetworks',
    attach: (network, nic, more) => setupNetworks(attach(network, nic, more)),
    change: (network, _, more) => setupNetworks(modify(network, more)),
    remove: (network) => setupNetworks(remove(network)),
  },
];

/** Any other request. @param path below the host */
export function ask(method: Ask['method'], path: Ask['path'] | string, root?: string, content?: object): Ask {
  return {
    method,
    path: typeof path === 'string' ? () => path : path,
    ...(root !== undefined && { body: { root, content: () => content ?? {} } }),
    success: 200,
  };
}

/** One `POST setupnetworks` made of the parts. */
export function setupNetworks(...parts: Part[]): Ask {
  const content = (ids: Ids) => {
    const action: Record<string, unknown> = {};
    for (const { list, member, value } of parts) {
      if (member === undefined) action[list] = value(ids);
      else {
        const entries = (action[list] ?? {}) as Record<string, unknown[]>;
        action[list] = { [member]: [...(entries[member] ?? []), value(ids)] };
      }
    }
    return action;
  };
  return { method: 'POST', path: () => '/setupnetworks', body: { root: 'action', content }, success: 200 };
}

/** `+A(V→eth1, …)` */
export function attach(network: NetworkRef, nic: NicRef | null, more: AttachmentMembers = {}): Part {
  const entry = { network: byName(network), ...(nic !== null && { host_nic: nicLink(nic) }), ...more };
  return { list: 'modified_network_attachments', member: 'network_attachment', value: () => entry };
}

/** `+A(#V→eth2, …)`: the attachment by its id, with what is to change. */
export function modify(network: NetworkRef, { nic, ...more }: AttachmentMembers & { nic?: NicRef }): Part {
  const value = (ids: Ids) => ({
    id: ids.attachment(network),
    ...(nic !== undefined && { host_nic: nicLink(nic) }),
    ...more,
  });
  return { list: 'modified_network_attachments', member: 'network_attachment', value };
}

/** `-A(V)` */
export function remove(network: NetworkRef | { attachment: string }): Part {
  const value = (ids: Ids) => ({ id: 'attachment' in network ? network.attachment : ids.attachment(network) });
  return { list: 'removed_network_attachments', member: 'network_attachment', value };
}

/** `sync(V)` */
export function sync(network: NetworkRef): Part {
  const value = (ids: Ids) => ({ id: ids.attachment(network) });
  return { list: 'synchronized_network_attachments', member: 'network_attachment', value };
}

/** `+B(bond1: eth1 eth2; mode=1 miimon=100)`; slaves or options that are left out are not sent. */
export function bond(name: NicRef, slaves?: NicRef[] | null, options?: Record<string, string | number>): Part {
  const bonding = {
    ...(options !== undefined && {
      options: { option: Object.entries(options).map(([option, value]) => ({ name: option, value: String(value) })) },
    }),
    ...(slaves != null && { slaves: { host_nic: slaves.map(nicLink) } }),
  };
  return { list: 'modified_bonds', member: 'host_nic', value: () => ({ ...nicLink(name), bonding }) };
}

/** `-B(bond1)` */
export function removeBond(name: NicRef): Part {
  return { list: 'removed_bonds', member: 'host_nic', value: () => nicLink(name) };
}

/** `+L(L→eth1)` */
export function label(text: string, nic: NicRef): Part {
  const entry = { id: text, host_nic: nicLink(nic) };
  return { list: 'modified_labels', member: 'network_label', value: () => entry };
}

/** `-L(L)` */
export function removeLabel(text: string): Part {
  return { list: 'removed_labels', member: 'network_label', value: () => ({ id: text }) };
}

/** A plain member of the action: `option('commit_on_success', true)`. */
export function option(name: string, value: string | number | boolean): Part {
  return { list: name, value: () => value };
}

/** Replaces the addresses of an attachment. */
export function ip(...assignments: object[]): AttachmentMembers {
  return { ip_address_assignments: { ip_address_assignment: assignments } };
}

export const v4 = {
  none: method('none', 'v4'),
  dhcp: method('dhcp', 'v4'),
  static: fixed('v4'),
};

export const v6 = {
  none: method('none', 'v6'),
  dhcp: method('dhcp', 'v6'),
  autoconf: method('autoconf', 'v6'),
  polyDhcpAutoconf: method('poly_dhcp_autoconf', 'v6'),
  static: fixed('v6'),
};

/** @param more members of `ip` that do not belong there, for refusals */
function method(assignment_method: string, version: 'v4' | 'v6') {
  return (more: object = {}) => ({ assignment_method, ip: { ...more, version } });
}

function fixed(version: 'v4' | 'v6') {
  return (address?: string, netmask?: string | number, gateway?: string) => ({
    assignment_method: 'static',
    ip: {
      ...(address !== undefined && { address }),
      ...(netmask !== undefined && { netmask: String(netmask) }),
      ...(gateway !== undefined && { gateway }),
      version,
    },
  });
}

/** An anonymous QoS: linkshare, upper limit and committed rate in Mbit/s. Without any, it takes QoS away. */
export function qos(linkshare?: number, upperlimit?: number, realtime?: number): AttachmentMembers {
  return {
    qos: {
      type: 'hostnetwork',
      ...(linkshare !== undefined && { outbound_average_linkshare: linkshare }),
      ...(upperlimit !== undefined && { outbound_average_upperlimit: upperlimit }),
      ...(realtime !== undefined && { outbound_average_realtime: realtime }),
    },
  };
}

/** Replaces the custom properties. */
export function properties(values: Record<string, string>): AttachmentMembers {
  return { properties: { property: Object.entries(values).map(([name, value]) => ({ name, value })) } };
}

/** Replaces the name servers of an attachment or a network. */
export function dns(...servers: string[]): AttachmentMembers {
  return { dns_resolver_configuration: { name_servers: { name_server: servers } } };
}

function byName({ name }: NetworkRef) {
  return { name };
}

function nicLink(nic: NicRef): object {
  return typeof nic === 'string' ? { name: nic } : nic;
}
