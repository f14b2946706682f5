import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiObject, encode, encodeCollection, type TypeName } from '../index.ts';

const xml = <T extends TypeName>(type: T, value: ApiObject<T>): string =>
  encode('xml', type, value, { version: 3 }).replace(/^.*\n/, '').replace(/\n\s*/g, '');

test('version 3 writes addresses, options, versions and QoS types as attributes', () => {
  assert.equal(
    xml('host_nic', {
      bonding: { options: [{ name: 'mode', value: '1' }], slaves: [{ id: 's' }], active_slave: { id: 's' } },
      ip: { address: '10.0.0.1', version: 'v4' },
      ipv6: { address: '::1' },
      mac: { address: 'aa' },
      vlan: { id: 7 },
    }),
    '<host_nic><bonding><options><option name="mode" value="1"/></options><slaves><host_nic id="s"/></slaves></bonding>' +
      '<ip address="10.0.0.1" version="v4"/><mac address="aa"/><vlan id="7"/></host_nic>',
  );
  assert.equal(xml('qos', { id: 'q', type: 'hostnetwork' }), '<qos id="q" type="hostnetwork"/>');
  assert.equal(
    xml('api', { product_info: { name: 'n', version: { major: 3, minor: 6, full_version: '3.6-1' } } }),
    '<api><product_info><name>n</name><version major="3" minor="6"/><full_version>3.6-1</full_version></product_info></api>',
  );
});

test('version 3 wraps a status', () => {
  assert.equal(xml('host', { status: 'up' }), '<host><status><state>up</state></status></host>');
  assert.equal(xml('action', { status: 'complete' }), '<action><status><state>complete</state></status></action>');
  assert.deepEqual(JSON.parse(encode('json', 'network', { status: 'operational' }, { version: 3 })), {
    status: { state: 'operational' },
  });
});

test('version 3 calls labels by their short name', () => {
  assert.equal(xml('network_label', { id: 'l' }), '<label id="l"/>');
  assert.match(
    encodeCollection('xml', 'network_label', [{ id: 'l' }], { version: 3 }),
    /<labels>\n {2}<label id="l"\/>/,
  );
  assert.deepEqual(JSON.parse(encodeCollection('json', 'network_label', [{ id: 'l' }], { version: 3 })), {
    label: [{ id: 'l' }],
  });
  const link = [{ href: '/h/networklabels', rel: 'networklabels' }];
  assert.equal(
    xml('network', { link, network_labels: [{ id: 'l' }] }),
    '<network><link href="/h/labels" rel="labels"/><labels><label id="l"/></labels></network>',
  );
});

test('version 3 puts in_sync among the reported configurations', () => {
  const attachment = { in_sync: true, reported_configurations: [{ name: 'mtu' }], dns_resolver_configuration: {} };
  assert.equal(
    xml('network_attachment', attachment),
    '<network_attachment><reported_configurations><in_sync>true</in_sync>' +
      '<reported_configuration><name>mtu</name></reported_configuration></reported_configurations></network_attachment>',
  );
});
