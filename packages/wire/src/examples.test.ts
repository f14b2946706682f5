import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiObject, decode, decodeAnswer, encode } from './index.ts';

/** The documents that the description of the API shows, and the objects they stand for. */

const host = { href: '/ovirt-engine/api/hosts/H', id: 'H' };
const network = { href: '/ovirt-engine/api/networks/N', id: 'N' };
const slave = (id: string) => ({ href: `/ovirt-engine/api/hosts/H/nics/${id}`, id });

const bond: ApiObject<'host_nic'> = {
  href: '/ovirt-engine/api/hosts/H/nics/B',
  id: 'B',
  actions: {},
  name: 'bond0',
  link: ['networkattachments', 'networklabels', 'statistics'].map((rel) => ({
    href: `/ovirt-engine/api/hosts/H/nics/B/${rel}`,
    rel,
  })),
  bonding: {
    options: [
      { name: 'mode', type: 'Active-Backup', value: '1' },
      { name: 'miimon', value: '100' },
    ],
    slaves: [slave('S1'), slave('S2')],
    active_slave: slave('S1'),
  },
  boot_protocol: 'dhcp',
  bridged: true,
  custom_configuration: false,
  ip: { address: '10.0.0.15', netmask: '255.255.255.0', version: 'v4' },
  ipv6_boot_protocol: 'autoconf',
  mac: { address: '52:54:00:00:00:01' },
  mtu: 1500,
  speed: 1_000_000_000,
  status: 'up',
  host,
  network,
};

const bondXml = `<?xml version="1.0" encoding="UTF-8"?>
<host_nic href="/ovirt-engine/api/hosts/H/nics/B" id="B">
  <actions/>
  <name>bond0</name>
  <link href="/ovirt-engine/api/hosts/H/nics/B/networkattachments" rel="networkattachments"/>
  <link href="/ovirt-engine/api/hosts/H/nics/B/networklabels" rel="networklabels"/>
  <link href="/ovirt-engine/api/hosts/H/nics/B/statistics" rel="statistics"/>
  <bonding>
    <options>
      <option>
        <name>mode</name>
        <type>Active-Backup</type>
        <value>1</value>
      </option>
      <option>
        <name>miimon</name>
        <value>100</value>
      </option>
    </options>
    <slaves>
      <host_nic href="/ovirt-engine/api/hosts/H/nics/S1" id="S1"/>
      <host_nic href="/ovirt-engine/api/hosts/H/nics/S2" id="S2"/>
    </slaves>
    <active_slave href="/ovirt-engine/api/hosts/H/nics/S1" id="S1"/>
  </bonding>
  <boot_protocol>dhcp</boot_protocol>
  <bridged>true</bridged>
  <custom_configuration>false</custom_configuration>
  <ip>
    <address>10.0.0.15</address>
    <netmask>255.255.255.0</netmask>
    <version>v4</version>
  </ip>
  <ipv6_boot_protocol>autoconf</ipv6_boot_protocol>
  <mac>
    <address>52:54:00:00:00:01</address>
  </mac>
  <mtu>1500</mtu>
  <speed>1000000000</speed>
  <status>up</status>
  <host href="/ovirt-engine/api/hosts/H" id="H"/>
  <network href="/ovirt-engine/api/networks/N" id="N"/>
</host_nic>
`;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a bond in XML, byte for byte', () => {
  assert.equal(encode('xml', 'host_nic', bond), bondXml);
  assert.deepEqual(decodeAnswer('xml', bytes(bondXml), 'host_nic'), { ok: true, value: bond });
});

test('the same bytes whatever the order in which the object was made', () => {
  const reversed: ApiObject<'host_nic'> = Object.fromEntries(Object.entries(bond).reverse());
  assert.equal(encode('xml', 'host_nic', reversed), bondXml);
  assert.equal(encode('json', 'host_nic', reversed), encode('json', 'host_nic', bond));
});

test('a bond in JSON: strings for numbers and booleans, no root key', () => {
  assert.deepEqual(JSON.parse(encode('json', 'host_nic', { ...bond, actions: { link: [] } })), {
    id: 'B',
    href: '/ovirt-engine/api/hosts/H/nics/B',
    name: 'bond0',
    actions: { link: [] },
    link: bond.link,
    bonding: {
      options: {
        option: [
          { name: 'mode', value: '1', type: 'Active-Backup' },
          { name: 'miimon', value: '100' },
        ],
      },
      slaves: { host_nic: [slave('S1'), slave('S2')] },
      active_slave: slave('S1'),
    },
    boot_protocol: 'dhcp',
    bridged: 'true',
    custom_configuration: 'false',
    ip: { address: '10.0.0.15', netmask: '255.255.255.0', version: 'v4' },
    ipv6_boot_protocol: 'autoconf',
    mac: { address: '52:54:00:00:00:01' },
    mtu: '1500',
    speed: '1000000000',
    status: 'up',
    host,
    network,
  });
});

test('an attachment in JSON', () => {
  const attachment = `{"id": "A", "href": "/ovirt-engine/api/hosts/H/networkattachments/A", "in_sync": "true",
   "ip_address_assignments": {"ip_address_assignment": [
     {"assignment_method": "static", "ip": {"address": "10.0.0.15", "netmask": "255.255.255.0", "gateway": "10.0.0.254", "version": "v4"}},
     {"assignment_method": "none", "ip": {"version": "v6"}}]},
   "reported_configurations": {"reported_configuration": [
     {"name": "mtu", "expected_value": "1500", "actual_value": "1500", "in_sync": "true"}]},
   "host": {"id": "H"}, "host_nic": {"id": "B"}, "network": {"id": "N"}}`;
  const answer = decodeAnswer('json', bytes(attachment), 'network_attachment');
  assert.ok(answer.ok);
  assert.deepEqual(JSON.parse(encode('json', 'network_attachment', answer.value)), JSON.parse(attachment));
  // Sent back as a request, what only the engine says is left out.
  const request = decode('json', bytes(attachment), 'network_attachment');
  assert.ok(request.ok);
  assert.deepEqual(Object.keys(request.value).sort(), ['host_nic', 'id', 'ip_address_assignments', 'network']);
});

test('a setup request in JSON with scalars of both kinds', () => {
  const setup = `{"check_connectivity": true, "commit_on_success": "true",
   "modified_bonds": {"host_nic": [{"name": "bond0", "bonding": {"slaves": {"host_nic": [{"name": "eth0"}, {"id": "S2"}]}}}]},
   "modified_network_attachments": {"network_attachment": [{"network": {"name": "red"}, "host_nic": {"name": "bond0"}}]}}`;
  assert.deepEqual(decode('json', bytes(setup), 'action'), {
    ok: true,
    value: {
      check_connectivity: true,
      commit_on_success: true,
      modified_bonds: [{ name: 'bond0', bonding: { slaves: [{ name: 'eth0' }, { id: 'S2' }] } }],
      modified_network_attachments: [{ network: { name: 'red' }, host_nic: { name: 'bond0' } }],
    },
  });
});

test('a portal sends name servers as a bare array', () => {
  const body = '{"dns_resolver_configuration": {"name_servers": ["8.8.8.8"]}}';
  const means = { dns_resolver_configuration: { name_servers: ['8.8.8.8'] } };
  assert.deepEqual(decode('json', bytes(body), 'network_attachment'), { ok: true, value: means });
});

test('the wrapper of every older list may be empty', () => {
  const body = '<action><bonds/><network_attachments/><removed_bonds/></action>';
  const means = { modified_bonds: [], modified_network_attachments: [], removed_bonds: [] };
  assert.deepEqual(decode('xml', bytes(body), 'action'), { ok: true, value: means });
});

test('labels by the short name of 3.6', () => {
  const means = { modified_labels: [{ id: 'l', host_nic: { name: 'eth0' } }] };
  const body = '<action><modified_labels><label id="l"><host_nic name="eth0"/></label></modified_labels></action>';
  assert.deepEqual(decode('xml', bytes(body), 'action'), { ok: true, value: means });
  const json = '{"modified_labels": {"label": [{"id": "l", "host_nic": {"name": "eth0"}}]}}';
  assert.deepEqual(decode('json', bytes(json), 'action'), { ok: true, value: means });
  assert.deepEqual(decode('xml', bytes('<label id="l"/>'), 'network_label'), { ok: true, value: { id: 'l' } });
});

test('older addresses of both families, the method beside or inside, static when there is an address', () => {
  const body = `<network_attachment><ip_configuration>
    <ipv6s><boot_protocol>autoconf</boot_protocol></ipv6s>
    <ipv4s><boot_protocol>dhcp</boot_protocol><ipv4/><ipv4 boot_protocol="NONE"/></ipv4s>
  </ip_configuration></network_attachment>`;
  assert.deepEqual(decode('xml', bytes(body), 'network_attachment'), {
    ok: true,
    value: {
      ip_address_assignments: [
        { assignment_method: 'dhcp', ip: { version: 'v4' } },
        { assignment_method: 'none', ip: { version: 'v4' } },
        { assignment_method: 'autoconf', ip: { version: 'v6' } },
      ],
    },
  });
  const address = '{"ip_configuration": {"ipv4s": {"ipv4": [{"address": "10.0.0.1"}]}}}';
  assert.deepEqual(decode('json', bytes(address), 'network_attachment'), {
    ok: true,
    value: { ip_address_assignments: [{ assignment_method: 'static', ip: { address: '10.0.0.1', version: 'v4' } }] },
  });
});

test('an older attachment marked for synchronisation, and one marked not to be', () => {
  const body = `<action><network_attachments>
    <network_attachment id="A"><override_configuration>true</override_configuration></network_attachment>
    <network_attachment id="B"><override_configuration>false</override_configuration></network_attachment>
  </network_attachments></action>`;
  const means = { modified_network_attachments: [{ id: 'A', override_configuration: true }, { id: 'B' }] };
  assert.deepEqual(decode('xml', bytes(body), 'action'), { ok: true, value: means });
});

test('the wrapper that is itself an attachment may come again', () => {
  const body = `<action><network_attachments id="A"><host_nic id="x"/></network_attachments>
    <network_attachments><id>B</id></network_attachments></action>`;
  const means = { modified_network_attachments: [{ id: 'A', host_nic: { id: 'x' } }, { id: 'B' }] };
  assert.deepEqual(decode('xml', bytes(body), 'action'), { ok: true, value: means });
});

test('brackets inside a JSON text do not count', () => {
  const comment = `a "${'['.repeat(200)} \\`;
  assert.deepEqual(decode('json', bytes(JSON.stringify({ comment })), 'host'), { ok: true, value: { comment } });
});
