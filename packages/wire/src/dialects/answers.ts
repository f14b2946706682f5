import {
  attribute,
  type EnumField,
  type Field,
  flat,
  type ScalarField,
  string,
  struct,
  type Table,
} from '../types/field.ts';
import { types } from '../types/index.ts';
import type { Dialect, Reshape } from '../view/write-type.ts';

/**
 * How answers looked in oVirt 3.6 (`/v3`, `Version: 3`), as differences from the tables: texts that were attributes,
 * members that did not exist, a state wrapped in `status`, labels by their short name.
 */

type Fields = Readonly<Record<string, Field>>;

const without = (table: Table, ...names: string[]): Table => ({
  ...table,
  fields: Object.fromEntries(Object.entries(table.fields).filter(([name]) => !names.includes(name))),
});

/** The same order, with some fields described otherwise. */
const changed = (table: Table, fields: Fields): Table => ({ ...table, fields: { ...table.fields, ...fields } });

const asAttributes = (table: Table, ...names: string[]): Table =>
  changed(
    table,
    Object.fromEntries(names.map((name) => [name, attribute(table.fields[name] as ScalarField | EnumField)])),
  );

const renamed = (table: Table, from: string, to: string): Table => ({
  ...table,
  fields: Object.fromEntries(Object.entries(table.fields).map(([name, field]) => [name === from ? to : name, field])),
});

const stated = { status: struct('state', 'State.') };

export const version3Types: Readonly<Record<string, Table>> = {
  ...types,
  ip: asAttributes(types.ip, 'address', 'gateway', 'netmask', 'version'),
  mac: asAttributes(types.mac, 'address'),
  option: asAttributes(types.option, 'name', 'type', 'value'),
  version: asAttributes(types.version, 'build', 'full_version', 'major', 'minor', 'revision'),
  qos: asAttributes(types.qos, 'type'),
  product_info: changed(types.product_info, { full_version: string('Version of the package.') }),
  bonding: without(types.bonding, 'active_slave'),
  host: changed(types.host, stated),
  data_center: changed(types.data_center, stated),
  action: changed(without(types.action, 'commit_on_success'), stated),
  network: renamed(changed(without(types.network, 'dns_resolver_configuration'), stated), 'network_labels', 'labels'),
  host_nic: renamed(changed(without(types.host_nic, 'ipv6', 'ipv6_boot_protocol'), stated), 'network_labels', 'labels'),
  network_attachment: changed(without(types.network_attachment, 'dns_resolver_configuration', 'in_sync'), {
    reported_configurations: struct('reported_configurations', 'What is wanted and what was found.'),
  }),
  state: { plural: 'states', doc: 'A state.', fields: { state: string('The state.') } },
  reported_configurations: {
    plural: 'reported_configurations',
    doc: 'What is wanted and what was found.',
    fields: {
      in_sync: types.network_attachment.fields.in_sync,
      reported_configuration: flat('reported_configuration', 'One.'),
    },
  },
};

/** Only members that are there are touched: absent stays absent. */
const whenPresent =
  (key: string, change: (value: unknown, object: Readonly<Record<string, unknown>>) => object): Reshape =>
  (object) =>
    object[key] === undefined ? object : { ...object, ...change(object[key], object) };

const inTurn =
  (...steps: readonly Reshape[]): Reshape =>
  (object) =>
    steps.reduce((shaped, step) => step(shaped), object);

const status = whenPresent('status', (state) => ({ status: { state } }));
const labels = whenPresent('network_labels', (found) => ({ network_labels: undefined, labels: found }));

const shortRel = ({ href, rel }: { href?: string; rel?: string }) =>
  rel === 'networklabels' ? { href: href?.replace(/networklabels$/, 'labels'), rel: 'labels' } : { href, rel };
const links = whenPresent('link', (found) => ({ link: (found as object[]).map(shortRel) }));

export const version3: Dialect = {
  names: { network_label: ['label', 'labels'] },
  reshape: {
    host: status,
    data_center: status,
    action: status,
    network: inTurn(status, labels, links),
    host_nic: inTurn(status, labels, links),
    network_attachment: whenPresent('reported_configurations', (found, { in_sync }) => ({
      reported_configurations: { in_sync, reported_configuration: found },
    })),
    product_info: whenPresent('version', (found) => {
      const { full_version, ...numbers } = found as { full_version?: string };
      return { version: numbers, full_version };
    }),
  },
};
