import assert from 'node:assert/strict';
import { test } from 'node:test';
import { about } from './about.ts';
import { connect } from './connect.ts';
import { type Asked, fakeEngine, json } from './fake-engine-for-tests.ts';

/** A client that is signed in, and what it asked. */
function talking(answer: (asked: Asked) => Response | Promise<Response>) {
  const { asked, fetch } = fakeEngine(answer);
  return { asked, api: connect({ url: 'https://engine', token: 't', fetch }) };
}

const paths = (asked: Asked[]) => asked.map(({ method, path }) => `${method} ${path.replace('/ovirt-engine/api', '')}`);

test('a walk is an address, and options are its query', async () => {
  const { asked, api } = talking(() => json({}));
  const host = api.hosts.id('a/b c');
  await api.get();
  await host.nics.list({ follow: ['network_labels', 'network.qos'], max: 5 });
  await host.nics.id('n;x=1').networkLabels.id('blue').remove();
  await host.commitNetConfig();
  await host.revisions.id(3).get({ since: '1' });
  await api.hosts.list({ search: 'name = "a & b"', case_sensitive: true, follow: 'cluster' });
  await api.clusters.id('c').networks.id('n').update({ required: true }, { propagate: false, wave_width: 2 });
  await api.dataCenters.id('d').qoss.list({ max: undefined });
  assert.deepEqual(paths(asked), [
    'GET ',
    'GET /hosts/a%2Fb%20c/nics?follow=network_labels%2Cnetwork.qos&max=5',
    'DELETE /hosts/a%2Fb%20c/nics/n%3Bx%3D1/networklabels/blue',
    'POST /hosts/a%2Fb%20c/commitnetconfig',
    'GET /hosts/a%2Fb%20c/revisions/3?since=1',
    'GET /hosts?search=name+%3D+%22a+%26+b%22&case_sensitive=true&follow=cluster',
    'PUT /clusters/c/networks/n?propagate=false&wave_width=2',
    'GET /datacenters/d/qoss',
  ]);
  assert.equal(asked[3]?.body, '{}');
  assert.deepEqual(JSON.parse(asked[6]?.body ?? ''), { required: 'true' });
});

test('an id that would lead elsewhere is none', () => {
  const { api } = talking(() => json({}));
  for (const id of ['', '.', '..', undefined, null, {}]) {
    assert.throws(() => api.hosts.id(id as string), { name: 'TypeError', message: /is not an id/ });
  }
});

test('an option that is misspelt, of another kind or of no use is refused before anything is sent', async () => {
  const { asked, api } = talking(() => json({}));
  const host = api.hosts.id('h');
  const wrong: [Promise<unknown>, RegExp][] = [
    [host.setupNetworks({}, { preveiw: true } as never), /no option preveiw here; there are: .*preview/],
    [host.setupNetworks({}, { preview: 'false' } as never), /preview must be a boolean, not "false"/],
    [host.refresh({}, { preview: true } as never), /no option preview here/],
    [host.nics.list({ max: '5' } as never), /max must be a number/],
    [host.nics.list({ signal: {} } as never), /signal must be an AbortSignal/],
    [host.nics.list('max=5' as never), /Options must be an object/],
    [api.networks.add(undefined as never), /A network must be given/],
    [api.networks.add({ nme: 'red' } as never), /There is no nme/],
  ];
  for (const [call, message] of wrong) await assert.rejects(call, { name: 'TypeError', message });
  assert.equal(asked.length, 0);
});

test('what the engine says beside an answer is known of that answer', async () => {
  const headers = { 'correlation-id': 'mine', 'patchbay-job': '/ovirt-engine/api/jobs/j1' };
  const { api } = talking(({ method }) =>
    method === 'PUT' ? json({ name: 'red' }, 200, headers) : json({ status: 'in_progress', job: { id: 'j2' } }, 202),
  );
  const network = await api.networks.id('n').update({ mtu: 9000 });
  assert.deepEqual(network, { name: 'red' });
  assert.deepEqual(about(network), { status: 200, correlationId: 'mine', jobId: 'j1' });
  const removed = await api.hosts.id('h').nics.id('n').remove({ async: true });
  assert.deepEqual(about(removed), { status: 202, correlationId: undefined, jobId: 'j2' });
  assert.equal(about({}), undefined);
});

test('a refusal is an error with status, reason, detail and every rule', async () => {
  const detail =
    '[Bond bond0 (new) needs two slaves, got 1. (BOND-06, BOND_SLAVES) There is no network nosuch. (ATT-03b, NETWORK_NOT_EXISTS)]';
  const fault = { reason: 'Operation Failed', detail };
  const { api } = talking(() => json({ ...fault, fault }, 400, { 'correlation-id': 'c' }));
  await assert.rejects(api.hosts.id('h').setupNetworks({}), {
    ...{ name: 'ApiError', status: 400, ...fault, code: 'BOND-06', method: 'POST', path: '/hosts/h/setupnetworks' },
    correlationId: 'c',
    message: detail.slice(1, -1),
    violations: [
      { rule: 'BOND-06', key: 'BOND_SLAVES', message: 'Bond bond0 (new) needs two slaves, got 1.' },
      { rule: 'ATT-03b', key: 'NETWORK_NOT_EXISTS', message: 'There is no network nosuch.' },
    ],
  });
});

test('a fault is found wherever it stands', async () => {
  const fault = { reason: 'Operation Failed', detail: 'Host h did not keep the change. (ERR_LOST_CONNECTION)' };
  for (const [body, status] of [
    [fault, 504],
    [{ status: 'failed', fault }, 504],
    [{ status: 'failed', fault }, 200],
  ] as const) {
    const { api } = talking(() => json(body, status));
    const told = { name: 'ApiError', status, ...fault, code: 'ERR_LOST_CONNECTION', violations: [] };
    await assert.rejects(api.hosts.id('h').refresh(), told);
  }
  const { api } = talking(() => json({}, 403));
  await assert.rejects(api.hosts.list(), { name: 'ApiError', status: 403, reason: 'Status 403', detail: undefined });
});

test('what answers and is not the API is told apart from a refusal', async () => {
  const page = () => new Response('<h1>Bad Gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } });
  await assert.rejects(talking(page).api.hosts.list(), {
    name: 'ConnectionError',
    message:
      'What answers at https://engine/ovirt-engine/api/hosts is not the API: status 502, text/html, no JSON object.',
  });
  await assert.rejects(talking(() => json({ host: 'h' })).api.hosts.list(), {
    name: 'ConnectionError',
    message: /is not understood: host: an array was expected/,
  });
});

test('no answer is no answer: what may have been carried out is said, and nothing is tried again', async () => {
  const broken = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
  const { asked, api } = talking(broken);
  await assert.rejects(api.hosts.list(), {
    message: 'No answer from https://engine/ovirt-engine/api: connect ECONNREFUSED.',
  });
  await assert.rejects(
    api.hosts.id('h').refresh(),
    /connect ECONNREFUSED\. Whether it was carried out is not known\.$/,
  );
  assert.equal(asked.length, 2);
});

test('a signal ends a request with its own reason', async () => {
  // An open connection keeps the program running; a signal's own timer does not.
  const never = ({ signal }: Asked) =>
    new Promise<Response>((_, reject) => {
      const open = setTimeout(() => reject(new Error('nobody ended it')), 10_000);
      signal?.addEventListener('abort', () => {
        clearTimeout(open);
        reject(signal.reason);
      });
    });
  const { asked, api } = talking(never);
  await assert.rejects(api.hosts.list({ signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
  const reason = new Error('enough');
  await assert.rejects(api.hosts.list({ signal: AbortSignal.abort(reason) }), reason);
  assert.equal(asked.length, 1, 'an ended signal sends nothing');
});

test('a preview is read as one, and never carried out by mistake', async () => {
  const { asked, api } = talking(() => json({ accepted: 'false', expected_outage: '0', violations: {} }));
  const preview = await api.hosts.id('h').networkAttachments.add({ network: { name: 'red' } }, { preview: true });
  assert.deepEqual(preview, { accepted: false, expected_outage: 0, violations: [] });
  assert.deepEqual(paths(asked), ['POST /hosts/h/networkattachments?preview=true']);
});
