import { isNameServer } from '../../address/canonical.ts';
import { defineRule } from '../rule.ts';
import type { NetworkChange } from './network-change.ts';

export const net02Texts = defineRule({
  id: 'NET-02',
  key: 'OHN_NET_02',
  status: 400,
  sentence: 'The {field} of a network must have {low} to {high} characters, got {length}.',
  *find({ wanted: { name, description } }: NetworkChange) {
    const name_ = { field: 'name', low: 1, high: 256, length: name.length };
    const description_ = { field: 'description', low: 0, high: 4000, length: description.length };
    for (const values of [name_, description_]) {
      if (values.length < values.low || values.length > values.high) yield { path: values.field, values };
    }
  },
});

/** 0 is a priority tag: unusual, but accepted. */
export const net06VlanRange = defineRule({
  id: 'NET-06',
  key: 'NETWORK_VLAN_OUT_OF_RANGE',
  status: 400,
  sentence: 'VLAN id must be 0 to 4094, got {value}.',
  *find({ wanted: { vlan: value } }: NetworkChange) {
    if (value === null || (Number.isInteger(value) && value >= 0 && value <= 4094)) return;
    yield { path: 'vlan', values: { value } };
  },
});

/** The upper end is ours: no kernel device takes more. */
export const net07MtuRange = defineRule({
  id: 'NET-07',
  key: 'MTU_VALUE_INVALID',
  status: 400,
  sentence: 'MTU must be 0 (default) or 68 to 65535, got {value}.',
  *find({ wanted: { mtu: value } }: NetworkChange) {
    if (Number.isInteger(value) && (value === 0 || (value >= 68 && value <= 65535))) return;
    yield { path: 'mtu', values: { value } };
  },
});

export const lbl01NetworkLabel = defineRule({
  id: 'LBL-01',
  key: 'NETWORK_LABEL_FORMAT_INVALID',
  status: 400,
  sentence: 'Label {label} may only contain letters, digits, dash and underscore.',
  *find({ wanted: { label } }: NetworkChange) {
    if (label !== null && !/^[0-9a-zA-Z_-]+$/.test(label)) yield { path: 'label', values: { label } };
  },
});

export const dns01NetworkServers = defineRule({
  id: 'DNS-01',
  key: 'OHN_DNS_01',
  status: 400,
  sentence: 'Between 1 and 3 name servers may be given, got {count}.',
  *find({ wanted: { nameservers } }: NetworkChange) {
    if (nameservers === null || (nameservers.length >= 1 && nameservers.length <= 3)) return;
    yield { path: 'dns_resolver_configuration', values: { count: nameservers.length } };
  },
});

export const dns02NetworkServers = defineRule({
  id: 'DNS-02',
  key: 'BAD_IPV4_OR_IPV6_ADDRESS_FORMAT',
  status: 400,
  sentence: 'Name server {value} is not an IP address.',
  *find({ wanted: { nameservers } }: NetworkChange) {
    for (const value of nameservers ?? []) {
      if (!isNameServer(value)) yield { path: 'dns_resolver_configuration', values: { value } };
    }
  },
});
