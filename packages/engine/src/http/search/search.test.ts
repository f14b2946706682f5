import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { vdsmName } from '@patchbay/model';
import type { Engine } from '../../operations/engine.ts';
import { Problem } from '../../problem.ts';
import { Store } from '../../store/index.ts';
import { Query } from '../address.ts';
import type { ApiRequest } from '../api.ts';
import { searchedEvents } from './events.ts';
import { searched } from './search.ts';
import type { Table } from './table.ts';
import * as tables from './tables.ts';

const now = Date.parse('2026-05-31T12:00:00Z');
const hour = 3_600_000;

describe('search', () => {
  let store: Store;
  let engine: Engine;
  before(async () => {
    store = await Store.open(':memory:');
    engine = { store, now: () => now } as Engine;
    await fill(store);
  });
  after(() => store.close());

  const request = (search: string, more = '') =>
    ({ query: new Query(`search=${encodeURIComponent(search)}${more}`) }) as ApiRequest;

  async function names<T extends { name: string }>(table: Table<T>, items: T[], search: string, more = '') {
    const found = await searched(engine, request(search, more), table, items);
    return found instanceof Problem ? found.detail : found.map((one) => one.name).join(' ');
  }

  test('networks by every kind of field, joined in every way', async () => {
    const all = await store.list('network');
    const cases: [string, string][] = [
      ['', 'blue green red'],
      ['name="red"', 'red'],
      ['name=RED', 'red'],
      ['re', 'green red'],
      ['name=*e*e*', 'green'],
      ['name="red" and datacenter="Default"', 'red'],
      ['vlanid>100 or mtu=9000', 'blue green'],
      ['name=red or vlanid=200 and vmnetwork=false', 'blue red'],
      ['not vmnetwork=true', 'blue'],
      ['vmnetwork != true name=b*', 'blue'],
      ['name!=b* sortby name desc', 'red green'],
      ['SORTBY vlanid ASC', 'red green blue'],
      ['label=storage', 'blue'],
      ['cluster_network.required=true', 'red'],
      ['Cluster_Network.cluster_name=West', 'blue red'],
      ['host_network.host_name=h1', 'red'],
      ['Networks.name=red', 'networks have no related networks'],
      ['provider_name=x or provider.name=y', ''],
      ['datacenter.name=D*', 'blue green red'],
    ];
    for (const [search, expected] of cases) {
      const found = await names(tables.networks, all, search);
      if (expected.includes('no related')) assert.match(found, /no related networks/);
      else assert.equal(found, expected, search);
    }
    assert.equal(await names(tables.networks, all, 'name=RED', '&case_sensitive=true'), '');
    assert.equal(await names(tables.networks, all, 'page 2', '&max=2'), 'red');
    assert.equal(await names(tables.networks, all, 'sortby mtu page 9', '&max=2'), '');
  });

  test('hosts, clusters, data centres and users, with what is related to them', async () => {
    const hosts = await store.list('host');
    assert.equal(await names(tables.hosts, hosts, 'status=up and cluster=West and datacenter=Default'), 'h1');
    assert.equal(await names(tables.hosts, hosts, 'nic.network_name=red or nic.label=x'), 'h1');
    assert.equal(await names(tables.hosts, hosts, 'cpu_usage > 80 or vms.name=x'), '');
    assert.equal(await names(tables.hosts, hosts, 'address=10.0.0.2'), 'h2');
    const [one] = hosts;
    assert.ok(one);
    for (const status of ['non_operational', 'non_responsive', 'preparing_for_maintenance', 'up'] as const) {
      const all = [...hosts, { ...one, name: 'other', status }];
      for (const spelt of [status, status.replaceAll('_', ''), status.replaceAll('_', '').toUpperCase()]) {
        assert.match(await names(tables.hosts, all, `status=${spelt}`), /other$/, spelt);
        assert.doesNotMatch(await names(tables.hosts, all, `status!=${spelt}`), /other/, spelt);
      }
    }
    assert.equal(await names(tables.hosts, hosts, 'status=nonoperational or status=no*'), '');
    const clusters = await store.list('cluster');
    assert.equal(
      await names(tables.clusters, clusters, 'datacenter.name=Default and cluster_network.name=blue'),
      'West',
    );
    const centres = await store.list('data_centre');
    assert.equal(await names(tables.dataCentres, centres, 'clusters.name=W* and network.vlanid=200'), 'Default');
    const users = await store.list('app_user');
    assert.equal(await names(tables.users, users, 'usrname=admin@internal-authz'), 'admin@internal');
  });

  test('what is wrong is told with its place', async () => {
    const all = await store.list('network');
    const cases: [string, RegExp][] = [
      ['name=', /character 6: a value is missing/],
      ['"open', /character 1: this quote is never closed/],
      ['= x', /character 1: a field or a value is expected/],
      ['page x', /character 6: a page is a number/],
      ['page 0', /character 6/],
      ['name=a sortby', /character 14: a field is missing/],
      ['name=a and', /character 11: a field or a value is missing/],
      ['or name=a', /character 1/],
      ['name=a or', /character 10/],
      ['nam=a', /character 1: networks have no field nam; there are: name/],
      ['name=a and nam=b', /character 12/],
      ['name<a', /character 1: a text is compared by = and !=/],
      ['mtu=big', /character 5: a number is expected, not big/],
      ['stp=perhaps', /character 5: true or false/],
      ['page 1 name=a', /character 8: nothing more/],
      ['"name"=a', /character 1: a field is not quoted/],
      ['sortby nothing', /character 8: networks have no field nothing/],
      ['name==a', /character 6/],
      ['constructor=1', /character 1: networks have no field constructor/],
      ['__proto__=1', /character 1: networks have no field __proto__/],
      ['constructor.a=1', /character 1: networks have no related constructor/],
      ['datacenter.constructor=1', /character 1: networks have no field datacenter.constructor/],
      ['sortby toString', /character 8: networks have no field tostring/],
      [`${'not '.repeat(200)}name=a`, /character 801: an expression has 200 conditions at most/],
      [`name=a ${'or name=b '.repeat(200)}`, /character 2001: an expression has 200 conditions at most/],
    ];
    for (const [search, expected] of cases) assert.match(await names(tables.networks, all, search), expected, search);
  });

  test('a pattern made to be slow is not', async () => {
    const long = [{ ...(await store.list('network'))[0], name: 'a'.repeat(10_000) }] as never[];
    assert.equal(await names(tables.networks, long, `name=${'a*'.repeat(200)}b`), '');
  });

  test('events are looked for by the database', async () => {
    const found = async (search: string, more = '') => {
      const events = await searchedEvents(engine, request(search, more));
      return events instanceof Problem ? events.detail : events.map((event) => event.id).join(' ');
    };
    const cases: [string, string, string?][] = [
      ['', '4 3 2 1'],
      ['', '4 3', '&from=2'],
      ['', '4', '&max=1'],
      ['type=842 or type=841', '2 1'],
      ['type=839 or type=887 and host.name=h1', '3'],
      ['host.name=h2 or event_host=h1', '3 2 1'],
      ['hosts.cluster=West and severity>=warning', '3 2'],
      ['severity=error', '3'],
      ['severity != normal', '4 3 2'],
      ['message="*100%*"', '4'],
      ['100%', '4'],
      ['down', '3'],
      ['time>today', '4 3'],
      ['time < 2026-05-31', '2 1'],
      ['usrname=admin@internal', '1'],
      ['custom_event_id != 7', '4 3 2'],
      ['not custom_event_id=7', '4 3 2'],
      ['deleted=true', '5'],
      ['event_vm=x', ''],
      ['event_vm!=x', '4 3 2 1'],
      ['vms.name=x', ''],
      ['sortby time desc page 2', '2 1', '&max=2'],
      ['sortby type', '1 2 3 4'],
      ['message=HOST*', '', '&case_sensitive=true'],
      ['message=HOST*', '3 2 1'],
      [`message=${'h*'.repeat(20_000)}`, ''],
    ];
    for (const [search, expected, more] of cases)
      assert.equal(await found(search, more), expected, `${search} ${more}`);
    assert.match(await found('sort=x'), /events have no field sort/);
    assert.match(await found('rings.name=x'), /no related rings/);
    assert.match(await found('severity=loud'), /character 10: one of normal/);
    assert.match(await found('hosts.ring=x'), /character 1: hosts have no field ring/);
    assert.match(await found('constructor=x'), /character 1: events have no field constructor/);
    assert.match(await found('__proto__=x'), /character 1: events have no field __proto__/);
    assert.match(await found('constructor.a=x'), /character 1: events have no related constructor/);
    assert.match(await found('host.constructor=x'), /character 1: hosts have no field constructor/);
    assert.match(await found('sortby constructor'), /character 8: events are not sorted by constructor/);
    assert.match(await found('time=constructor'), /character 6: a time is expected/);
  });

  test('the database is asked for as much as an expression may say, whatever it stands for', async (t) => {
    const wide = await Store.open(':memory:');
    t.after(() => wide.close());
    await fill(wide);
    const [host] = await wide.list('host');
    assert.ok(host);
    await wide.write(async (tx) => {
      for (let number = 0; number < 200; number++)
        await tx.put('host', { ...host, id: `${number}`, name: `x${number}` });
    });
    const found = async (search: string) => {
      const events = await searchedEvents({ ...engine, store: wide }, request(search));
      assert.ok(!(events instanceof Problem), search);
      return events.map((event) => event.id).join(' ');
    };
    assert.equal(await found(`${'not '.repeat(199)}message=*one*`), '4');
    assert.equal(await found(`type=0${' or host.name!=h2'.repeat(199)}`), '3 2 1');
    assert.equal(await found('host.name!=*'), '');
  });

  test('of very many events the newest are answered, unless more are asked for', async (t) => {
    const full = await Store.open(':memory:');
    t.after(() => full.close());
    const event = { code: 1, severity: 'normal', time: now, description: 'x', origin: 'oVirt' } as const;
    const about = { correlation_id: null, custom_id: null, host_id: null, cluster_id: null, data_centre_id: null };
    await full.write(async (tx) => {
      for (let number = 0; number <= 10_000; number++) await tx.addEvent({ ...event, ...about, user_id: null });
    });
    const found = async (query: string) => {
      const events = await searchedEvents({ ...engine, store: full }, { query: new Query(query) } as ApiRequest);
      assert.ok(!(events instanceof Problem));
      return [events.length, events[0]?.id];
    };
    for (const query of ['', 'max=-1', 'search=type%3D1'])
      assert.deepEqual(await found(query), [10_000, 10_001], query);
    assert.deepEqual(await found('max=10001'), [10_001, 10_001]);
    assert.deepEqual(await found('search=page%202'), [100, 9901]);
  });
});

async function fill(store: Store): Promise<void> {
  const described = { description: '', comment: '' };
  const plain = { ...described, switchType: 'legacy' as const, version: { major: 4, minor: 8 } };
  const network = (name: string, more: object) => ({
    ...{ id: name, dataCentreId: 'dc', name, vdsmName: vdsmName(name, name), ...described },
    ...{ vlan: null, mtu: 0, vm: true, stp: false, portIsolation: false, label: null, qosId: null, nameservers: null },
    external: null,
    ...more,
  });
  const noRoles = { display: false, migration: false, management: false, gluster: false, defaultRoute: false };
  const host = (name: string, at: number, status: 'up' | 'down') => ({
    ...{ id: name, clusterId: `c${at}`, name, address: `10.0.0.${at}`, comment: '', status },
    ...{ kernel: '', netConfigDirty: false, nameservers: [] },
  });
  const ip = { method: null, address: null, netmask: null, gateway: null };
  const event = { correlation_id: null, origin: 'oVirt', custom_id: null, host_id: null, cluster_id: null };
  await store.write(async (tx) => {
    await tx.put('data_centre', { id: 'dc', name: 'Default', ...described, local: false });
    await tx.put('cluster', { id: 'c1', dataCentreId: 'dc', name: 'West', ...plain });
    await tx.put('cluster', { id: 'c2', dataCentreId: 'dc', name: 'East', ...plain });
    await tx.put('network', network('red', { vlan: 100 }));
    await tx.put('network', network('green', { mtu: 9000, vlan: 150 }));
    await tx.put('network', network('blue', { vlan: 200, vm: false, label: 'storage' }));
    await tx.put('cluster_network', { clusterId: 'c1', networkId: 'red', required: true, roles: noRoles });
    await tx.put('cluster_network', { clusterId: 'c1', networkId: 'blue', required: false, roles: noRoles });
    await tx.put('host', host('h1', 1, 'up'));
    await tx.put('host', host('h2', 2, 'down'));
    const nic = { kind: 'nic' as const, bond: null, base: null, vlan: null };
    await tx.put('nic', { id: 'n1', hostId: 'h1', name: 'eth0', labels: [], ...nic });
    const placed = { id: 'a1', hostId: 'h1', networkId: 'red', nicId: 'n1' };
    await tx.put('attachment', { ...placed, ipv4: ip, ipv6: ip, properties: {}, qos: null, nameservers: null });
    await tx.put('app_user', { id: 'u1', name: 'admin@internal', password: '', role: 'administrator' });
    const base = { ...event, data_centre_id: null, user_id: null };
    const add = (code: number, severity: 'normal' | 'warning' | 'error', description: string, more: object) =>
      tx.addEvent({ ...base, code, severity, description, time: now - 30 * hour, ...more });
    await add(841, 'normal', 'host one is up', { host_id: 'h1', user_id: 'u1', custom_id: 7 });
    await add(842, 'warning', 'host one is slow', { host_id: 'h1' });
    await add(887, 'error', 'host one is down', { host_id: 'h1', time: now });
    await add(900, 'warning', 'disk at 100%', { time: now - 1 });
    await tx.dismissEvent(await add(901, 'normal', 'gone', {}));
  });
}
