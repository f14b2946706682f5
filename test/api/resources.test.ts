/** What every resource answers: statuses, headers, addresses, media types, and nothing to those who did not sign in. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hostAt, makeNetwork, type System, startSystem } from './system.ts';

describe('resources', { timeout: 300_000 }, () => {
  let system: System;
  let network: string;
  let collections: string[];
  let entities: string[];
  before(async () => {
    system = await startSystem(1);
    network = await makeNetwork(system, 'red', { vlan: 101 });
    const host = hostAt(system, 0);
    const { store } = system.engine.engine;
    const centre = (await store.list('data_centre'))[0]?.id;
    const cluster = (await store.list('cluster'))[0]?.id;
    const nic = await host.nic('eth1');
    const made = await host.request('POST', `/nics/${nic}/networkattachments`, { network: { id: network } });
    assert.equal(made.status, 201, made.text);
    const attachment = made.as('network_attachment').id;
    const under = `/hosts/${host.id}`;
    collections = [
      ...['/datacenters', '/clusters', '/networks', '/hosts', '/events', '/jobs'],
      ...[`/datacenters/${centre}/networks`, `/datacenters/${centre}/clusters`, `/clusters/${cluster}/networks`],
      ...[`${under}/nics`, `${under}/networkattachments`, `${under}/nics/${nic}/networkattachments`],
      `${under}/unmanagednetworks`,
    ];
    entities = [
      ...[`/datacenters/${centre}`, `/clusters/${cluster}`, `/networks/${network}`, under, `${under}/nics/${nic}`],
      ...[`/clusters/${cluster}/networks/${network}`, `${under}/networkattachments/${attachment}`],
      `${under}/nics/${nic}/networkattachments/${attachment}`,
    ];
  });
  after(() => system.stop());

  const json = { accept: 'application/json' };
  const origin = () => `http://127.0.0.1:${system.engine.port}`;
  const authorization = `Basic ${Buffer.from('admin@internal:secret').toString('base64')}`;
  const bare = (path: string, init: RequestInit = {}) => fetch(origin() + path, init);

  test('everything is read as XML and as JSON, with HEAD, with a slash at the end', async () => {
    for (const path of ['', ...collections, ...entities]) {
      const xml = await system.api.request('GET', path);
      assert.equal(xml.status, 200, `${path}: ${xml.text}`);
      assert.match(xml.headers.get('content-type') ?? '', /^application\/xml/, path);
      const text = await system.api.request('GET', path, undefined, json);
      assert.match(text.headers.get('content-type') ?? '', /^application\/json/, path);
      assert.equal(typeof JSON.parse(text.text), 'object', path);
      const head = await system.api.request('HEAD', path);
      assert.deepEqual([head.status, head.text], [200, ''], path);
      assert.equal((await system.api.request('GET', `${path}/`)).status, 200, `${path}/`);
    }
  });

  test('hrefs start with the base that was used', async () => {
    for (const base of ['/api', '/ovirt-engine/api', '/ovirt-engine/api/v4']) {
      for (const path of entities) {
        const text = await (await bare(base + path, { headers: { authorization } })).text();
        const hrefs = [...text.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? '');
        assert.ok(hrefs.length > 0, path);
        for (const href of hrefs) assert.ok(href.startsWith(`${base}/`), `${base}${path} has ${href}`);
        if (base === '/ovirt-engine/api') for (const href of hrefs) assert.ok(!href.includes('/v4/'), href);
      }
    }
  });

  test('wrong method, wrong type, wrong body, unknown thing', async () => {
    for (const path of [...collections, ...entities]) {
      const wrong = await system.api.request('PATCH', path, {});
      assert.equal(wrong.status, 405, path);
      assert.match(wrong.headers.get('allow') ?? '', /GET/, path);
      const options = await system.api.request('OPTIONS', path);
      assert.match(options.headers.get('allow') ?? '', /GET, .*HEAD, OPTIONS/, path);
      assert.equal((await system.api.request('GET', path, undefined, { accept: 'image/png' })).status, 406, path);
    }
    for (const path of entities) {
      const unknown = await system.api.request('GET', path.replace(/[^/]+$/, '00000000-0000-0000-0000-00000000dead'));
      assert.equal(unknown.status, 404, path);
      assert.match(unknown.text, /<fault>.*dead/s);
    }
    const plain = await system.api.request('POST', '/networks', 'name=x', { 'content-type': 'text/plain' });
    assert.equal(plain.status, 415, plain.text);
    assert.equal((await system.api.request('POST', '/networks', '<network/>')).status, 400);
    assert.equal((await system.api.request('POST', '/networks', '<network')).status, 400);
    assert.equal((await system.api.request('GET', '/nowhere')).status, 404);
  });

  test('a thing is made, found, changed, refused a second time, and removed', async () => {
    const centre = await system.api.request('POST', '/datacenters', { name: 'Annex', local: false });
    assert.equal(centre.status, 201, centre.text);
    const { id } = centre.as('data_center');
    const body = { name: 'green', data_center: { id }, vlan: { id: 7 } };
    const made = await system.api.request('POST', '/networks', body);
    assert.equal(made.status, 201, made.text);
    const green = made.as('network').id;
    assert.ok(made.headers.get('location')?.endsWith(`/ovirt-engine/api/networks/${green}`));
    assert.equal((await system.api.request('POST', '/networks', body)).status, 409);
    const changed = await system.api.request('PUT', `/networks/${green}`, '<network><comment>new</comment></network>');
    assert.equal(changed.status, 200, changed.text);
    assert.match(changed.text, /<comment>new</);
    const found = await system.api.request('GET', '/networks?search=name%3Dgreen', undefined, json);
    assert.equal((JSON.parse(found.text) as { network: unknown[] }).network.length, 1);
    for (const path of [`/networks/${green}`, `/datacenters/${id}`]) {
      const gone = await system.api.request('DELETE', path);
      assert.equal(gone.status, 200, gone.text);
      assert.match(gone.text, /<action>.*<status>complete/s);
      assert.equal((await system.api.request('GET', path)).status, 404);
    }
  });

  test('what says nothing about host networks is kept as given', async () => {
    const cpu = { type: 'Intel Nehalem Family', architecture: 'x86_64' };
    const version = { major: 4, minor: 7 };
    const centre = await system.api.request('POST', '/datacenters', { name: 'kept', version });
    assert.deepEqual(centre.as('data_center').version, version);
    const path = `/datacenters/${centre.as('data_center').id}`;
    const made = await system.api.request('POST', `${path}/clusters`, { name: 'kept', cpu });
    assert.deepEqual(made.as('cluster').cpu, cpu);
    assert.equal(made.as('cluster').ksm?.enabled, false, 'clients look into what nobody has set');
    const own = `/clusters/${made.as('cluster').id}`;
    const ksm = { enabled: true, merge_across_nodes: false };
    const changed = (await system.api.request('PUT', own, { ksm })).as('cluster');
    assert.deepEqual([changed.cpu, changed.ksm], [cpu, ksm]);
    for (const gone of [own, path]) assert.equal((await system.api.request('DELETE', gone)).status, 200);
  });

  test('the management network of a cluster is changed with the cluster, as long as it has no hosts', async () => {
    const { api } = system;
    const centre = (await api.request('POST', '/datacenters', { name: 'moving' })).as('data_center');
    const path = `/datacenters/${centre.id}`;
    const made = (await api.request('POST', `${path}/clusters`, { name: 'moving' })).as('cluster');
    const other = (await api.request('POST', `${path}/networks`, { name: 'newmgmt' })).as('network');
    const own = `/clusters/${made.id}`;
    const nameOf = async (text: string) => {
      const reply = await api.request('GET', text, undefined, json);
      const { management_network: link } = JSON.parse(reply.text) as { management_network?: { id: string } };
      return link === undefined ? undefined : (await api.request('GET', `/networks/${link.id}`)).as('network').name;
    };
    assert.equal(await nameOf(own), undefined, 'only those who ask for everything are told');
    assert.equal(await nameOf(`${own}?all_content=true`), 'ovirtmgmt');
    assert.equal((await api.request('PUT', own, { management_network: { name: 'nosuch' } })).status, 404);
    const changed = await api.request('PUT', own, { comment: 'moved', management_network: { id: other.id } });
    assert.equal(changed.status, 200, changed.text);
    assert.equal(changed.as('cluster').comment, 'moved');
    assert.equal(await nameOf(`${own}?all_content=true`), 'newmgmt');
    const hosts = await api.request('GET', '/clusters?search=name%3DDefault&all_content=true', undefined, json);
    const [used] = (JSON.parse(hosts.text) as { cluster: { id: string; management_network: object }[] }).cluster;
    assert.ok(used?.management_network !== undefined, 'in lists, too');
    const free = await makeNetwork(system, 'othermgmt');
    const refused = await api.request('PUT', `/clusters/${used.id}`, {
      comment: 'no',
      management_network: { id: free },
    });
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.text, /MGMT-05/);
    assert.notEqual((await api.request('GET', `/clusters/${used.id}`)).as('cluster').comment, 'no');
    for (const gone of [`/networks/${free}`, own, path])
      assert.equal((await api.request('DELETE', gone)).status, 200, gone);
  });

  test('an entity takes what was read of it, and no other id', async () => {
    const { api } = system;
    for (const path of entities) {
      const { headers } = await api.request('OPTIONS', path);
      assert.match(headers.get('allow') ?? '', /PUT/, path);
      const another = await api.request('PUT', path, { id: '00000000-0000-0000-0000-00000000dead', comment: 'no' });
      assert.equal(another.status, 409, `${path}: ${another.text}`);
      assert.match(another.text, /Broken immutability constraint.*immutable field: id/s, path);
      const { text } = await api.request('GET', path, undefined, json);
      assert.doesNotMatch(text, /"comment" *: *"no"/, path);
      // Of nics only bonds can be changed.
      if (/nics\/[^/]+$/.test(path)) continue;
      const same = await api.request('PUT', path, JSON.parse(text) as object, json);
      assert.equal(same.status, 200, `${path}: ${same.text}`);
    }
  });

  test('a host has a name and an address that are ones', async () => {
    const { api } = system;
    const refused = async (method: string, path: string, body: object, rule: RegExp) => {
      const reply = await api.request(method, path, body);
      assert.equal(reply.status, 400, reply.text);
      assert.match(reply.text, rule);
    };
    await refused('POST', '/hosts', { name: 'n e w', address: '192.0.2.9' }, /HOST-05/);
    await refused('POST', '/hosts', { name: 'new', address: 'bad address!' }, /HOST-06/);
    const made = await api.request('POST', '/hosts', { name: 'new', address: '192.0.2.9' });
    assert.equal(made.status, 201, made.text);
    const own = `/hosts/${made.as('host').id}`;
    await refused('PUT', own, { name: '' }, /HOST-05/);
    await refused('PUT', own, { name: 'old', address: '' }, /HOST-06/);
    const { name, address } = (await api.request('GET', own)).as('host');
    assert.deepEqual([name, address], ['new', '192.0.2.9'], 'nothing of it was kept');
    const changed = await api.request('PUT', own, { name: 'new.1', address: 'new.example.com' });
    assert.equal(changed.as('host').name, 'new.1', changed.text);
    await api.request('DELETE', own);
  });

  test('a cluster has Linux bridges, and stays in its data centre', async () => {
    const { api, engine } = system;
    const [centre, other] = await Promise.all(
      ['bridged', 'elsewhere'].map(async (name) =>
        (await api.request('POST', '/datacenters', { name })).as('data_center'),
      ),
    );
    const path = `/datacenters/${centre?.id}`;
    const refused = async (method: string, at: string, body: object, status: number, text: RegExp) => {
      const reply = await api.request(method, at, body);
      assert.equal(reply.status, status, reply.text);
      assert.match(reply.text, text);
    };
    await refused('POST', `${path}/clusters`, { name: 'bridged', switch_type: 'ovs' }, 400, /ovs .* send legacy\./);
    const made = await api.request('POST', `${path}/clusters`, { name: 'bridged', switch_type: 'legacy' });
    assert.equal(made.status, 201, made.text);
    const own = `/clusters/${made.as('cluster').id}`;
    await refused('PUT', own, { comment: 'no', switch_type: 'ovs' }, 400, /ovs .* send legacy\./);
    const elsewhere = { comment: 'no', data_center: { name: 'elsewhere' } };
    await refused('PUT', own, elsewhere, 400, /CLUSTER_CANNOT_CHANGE_STORAGE_POOL/);
    await refused('PUT', own, { comment: 'no', data_center: { name: 'nowhere' } }, 404, /nowhere/);
    assert.equal((await api.request('GET', own)).as('cluster').comment, '', 'nothing of it was kept');
    for (const link of [{ name: 'bridged' }, { id: centre?.id }]) {
      const same = await api.request('PUT', own, { switch_type: 'legacy', data_center: link });
      assert.equal(same.status, 200, same.text);
    }
    const { store } = engine.engine;
    const cluster = await store.get('cluster', made.as('cluster').id ?? '');
    assert.ok(cluster);
    await store.write((tx) => tx.put('cluster', { ...cluster, switchType: 'ovs' }));
    for (const switch_type of ['ovs', 'legacy'] as const) {
      const changed = await api.request('PUT', own, { switch_type });
      assert.equal(changed.as('cluster').switch_type, switch_type, 'one of before is kept, or mended');
    }
    for (const gone of [own, path, `/datacenters/${other?.id}`]) {
      assert.equal((await api.request('DELETE', gone)).status, 200, gone);
    }
  });

  test('the older flag for displays gives and takes that role alone', async () => {
    const { api } = system;
    const centre = (await api.request('POST', '/datacenters', { name: 'shown' })).as('data_center');
    const path = `/datacenters/${centre.id}`;
    const cluster = (await api.request('POST', `${path}/clusters`, { name: 'shown' })).as('cluster');
    const { id } = (await api.request('POST', `${path}/networks`, { name: 'consoles' })).as('network');
    const at = `/clusters/${cluster.id}/networks`;
    const usagesAfter = async (method: string, to: string, body: string | object) => {
      const reply = await api.request(method, to, body);
      assert.ok([200, 201].includes(reply.status), reply.text);
      const { usages, display } = reply.as('network');
      assert.equal(display, usages?.includes('display'));
      return usages;
    };
    const change = (body: string | object) => usagesAfter('PUT', `${at}/${id}`, body);
    assert.deepEqual(await usagesAfter('POST', at, { id, display: true }), ['vm', 'display']);
    assert.deepEqual(await change({ usages: { usage: ['vm', 'migration'] } }), ['vm', 'migration']);
    const shown = '<network><display>true</display></network>';
    assert.deepEqual(await change(shown), ['vm', 'display', 'migration'], 'the other roles stay');
    assert.deepEqual(await change({ required: false }), ['vm', 'display', 'migration'], 'so does what is not sent');
    const both = { display: false, usages: { usage: ['vm', 'display', 'migration'] } };
    assert.deepEqual(await change(both), ['vm', 'display', 'migration'], 'usages say it');
    assert.deepEqual(await change({ display: false }), ['vm', 'migration']);
    const read = { display: true, usages: { usage: ['vm'] } };
    assert.deepEqual(await change(read), ['vm'], 'usages say it, whatever was read before');
    for (const gone of [`/clusters/${cluster.id}`, path]) {
      assert.equal((await api.request('DELETE', gone)).status, 200, gone);
    }
  });

  test('an address where nothing is served is named as it was asked for', async () => {
    assert.match((await system.api.request('GET', '/nothing;a=b?c')).text, /at \/ovirt-engine\/api\/nothing;a=b\?c\./);
  });

  test('max limits, as query and as matrix parameter', async () => {
    for (const path of ['/networks?max=1', '/networks;max=1']) {
      const { text } = await system.api.request('GET', path, undefined, json);
      assert.equal((JSON.parse(text) as { network: unknown[] }).network.length, 1, path);
    }
  });

  test('actions on a host answer 200 with an action document', async () => {
    for (const action of ['setupnetworks', 'commitnetconfig', 'syncallnetworks', 'refresh']) {
      for (const body of ['<action/>', {}]) {
        const done = await hostAt(system, 0).request('POST', `/${action}`, body);
        assert.equal(done.status, 200, `${action}: ${done.text}`);
        assert.match(done.text, /complete/, action);
      }
    }
  });

  test('a token is given, serves, and ends', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const grant = new URLSearchParams({
      grant_type: 'password',
      scope: 'ovirt-app-api',
      username: 'admin@internal',
      password: 'secret',
    });
    const given = await bare('/ovirt-engine/sso/oauth/token', { method: 'POST', headers: form, body: grant });
    const { access_token: token } = (await given.json()) as { access_token: string };
    const read = () => bare('/ovirt-engine/api/hosts', { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await read()).status, 200);
    const logout = new URLSearchParams({ token, scope: '' });
    await bare('/ovirt-engine/services/sso-logout', { method: 'POST', headers: form, body: logout });
    assert.equal((await read()).status, 401);
  });

  test('nothing is read or changed without signing in', async () => {
    const wrong = `Basic ${Buffer.from('admin@internal:guess').toString('base64')}`;
    for (const path of ['', ...collections, ...entities]) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        const answer = await bare(`/ovirt-engine/api${path}`, { method });
        assert.ok([401, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
        if (method === 'GET') assert.equal(answer.headers.get('www-authenticate'), 'Basic realm="RESTAPI"', path);
      }
    }
    assert.equal((await bare('/ovirt-engine/api/hosts', { headers: { authorization: wrong } })).status, 401);
  });
});
