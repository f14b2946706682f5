/** HTTP itself: what clients, proxies and broken networks do with connections, headers and bodies (wire 1). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, inflateSync } from 'node:zlib';
import { openRaw, type RawAnswer, type RawRequest, rawRequest } from './raw-http.ts';
import { type HostView, hostAt, makeNetwork, type System, startSystem, until } from './system.ts';

const base = '/ovirt-engine/api';

describe('HTTP', { timeout: 120_000 }, () => {
  let system: System;
  let host: HostView;
  const networks: Record<string, string> = {};
  before(async () => {
    system = await startSystem(1);
    host = hostAt(system, 0);
    for (const [at, name] of ['red', 'blue', 'green'].entries()) {
      networks[name] = await makeNetwork(system, name, { vlan: 101 + at });
    }
  });
  after(() => system.stop());

  const open = () => openRaw(system.engine.port);
  /** One request on a connection of its own. */
  const ask = async (request: RawRequest): Promise<RawAnswer & { text: string }> => {
    const connection = await open();
    connection.send(rawRequest(request));
    const answer = await connection.answer(request.method === 'HEAD');
    connection.socket.destroy();
    return { ...answer, text: answer.body.toString('utf8') };
  };
  const setup = (network: string, nic: string) =>
    `<action><modified_network_attachments><network_attachment><network id="${networks[network]}"/>` +
    `<host_nic><name>${nic}</name></host_nic></network_attachment></modified_network_attachments></action>`;
  const setupTarget = () => `${base}/hosts/${host.id}/setupnetworks`;
  const attached = async (network: string) =>
    (await system.engine.engine.store.named('attachment', host.id, networks[network] ?? '')) !== undefined;

  describe('connections', () => {
    test('a client that goes away in the middle of its body has asked for nothing', async () => {
      const jobs = async () => (await system.engine.engine.store.list('job')).length;
      const former = await jobs();
      const whole = rawRequest({ method: 'POST', target: setupTarget(), body: setup('red', 'eth1') });
      for (const part of [whole.length - 5, whole.indexOf('\r\n\r\n') + 4, 30]) {
        const connection = await open();
        connection.send(whole.slice(0, part));
        // An answer on another connection shows that the first bytes have been read.
        assert.equal((await ask({ method: 'GET', target: base })).status, 200);
        connection.socket.destroy();
      }
      const chunked = await open();
      const headers = { 'Transfer-Encoding': 'chunked' };
      chunked.send(rawRequest({ method: 'POST', target: setupTarget(), headers, body: '5\r\n<acti\r\n' }));
      chunked.socket.end();
      await chunked.closed();
      assert.equal((await ask({ method: 'GET', target: base })).status, 200);
      assert.equal(await attached('red'), false);
      assert.equal(await jobs(), former);
    });

    test('a client that does not wait for the answer gets what it asked for', async () => {
      const { locks, store } = system.engine.engine;
      const connection = await open();
      await locks.hold(host.id, 1000, async () => {
        const headers = { 'Correlation-Id': 'gone-before-the-answer' };
        connection.send(rawRequest({ method: 'POST', target: setupTarget(), headers, body: setup('red', 'eth1') }));
        assert.equal((await ask({ method: 'GET', target: base })).status, 200);
        connection.socket.destroy();
        await connection.closed();
      });
      await until('the change is carried out', () => attached('red'));
      const job = async () => (await store.list('job')).find((one) => one.correlationId === 'gone-before-the-answer');
      await until('its job has ended', async () => (await job())?.status === 'finished');
      const links = (await host.memory.kernel.observe()).links.map((link) => link.name);
      assert.ok(links.includes('eth1.101'), 'the kernel has it');
    });

    test('requests sent at once are answered in their order, changes among them', async () => {
      const connection = await open();
      const nics = `${base}/hosts/${host.id}/nics`;
      const requests: RawRequest[] = [
        { method: 'GET', target: base },
        { method: 'POST', target: setupTarget(), body: setup('blue', 'eth2') },
        { method: 'GET', target: nics },
        { method: 'GET', target: `${nics}/nowhere` },
        { method: 'HEAD', target: base },
        { method: 'GET', target: `${base}/networks;max=1` },
      ];
      connection.send(requests.map(rawRequest).join(''));
      const answers: RawAnswer[] = [];
      for (const { method } of requests) answers.push(await connection.answer(method === 'HEAD'));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200, 404, 200, 200],
      );
      assert.match(answers[2]?.body.toString() ?? '', /eth2\.102/, 'what came before it is done');
      connection.socket.destroy();
    });

    test('a connection is kept for the next request, unless the client says otherwise', async () => {
      const connection = await open();
      for (let round = 0; round < 3; round++) {
        connection.send(rawRequest({ method: 'GET', target: base }));
        assert.equal((await connection.answer()).status, 200);
      }
      connection.send(rawRequest({ method: 'GET', target: base, headers: { Connection: 'close' } }));
      const last = await connection.answer();
      assert.equal(last.headers.get('connection'), 'close');
      await connection.closed();
      const old = await open();
      old.send(rawRequest({ method: 'GET', target: base }).replace('HTTP/1.1', 'HTTP/1.0'));
      assert.equal((await old.answer()).status, 200);
      await old.closed();
    });

    test('what is not HTTP is answered and hung up on', async () => {
      for (const nonsense of ['hello\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n']) {
        const connection = await open();
        connection.send(nonsense);
        assert.equal((await connection.answer()).status, 400, nonsense);
        await connection.closed();
      }
      const heavy = await open();
      heavy.send(rawRequest({ method: 'GET', target: base, headers: { 'X-Heavy': 'x'.repeat(100_000) } }));
      assert.equal((await heavy.answer()).status, 431);
      await heavy.closed();
    });
  });

  describe('bodies', () => {
    test('chunks are as good as a length, for signing in as well', async () => {
      const chunks = (text: string) =>
        [text.slice(0, 10), text.slice(10), '']
          .map((part) => `${Buffer.byteLength(part).toString(16)};x=1\r\n${part}\r\n`)
          .join('');
      const headers = { 'Transfer-Encoding': 'chunked' };
      const body = chunks(setup('green', 'eth3'));
      const changed = await ask({ method: 'POST', target: setupTarget(), headers, body });
      assert.equal(changed.status, 200, changed.text);
      assert.ok(await attached('green'));
      const form = 'grant_type=password&scope=ovirt-app-api&username=admin%40internal&password=secret';
      const signed = await ask({
        method: 'POST',
        target: '/ovirt-engine/sso/oauth/token',
        headers: { ...headers, Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
        body: chunks(form),
      });
      assert.equal(signed.status, 200, signed.text);
      const { access_token: token } = JSON.parse(signed.text) as { access_token: string };
      const read = await ask({ method: 'GET', target: base, headers: { Authorization: `Bearer ${token}` } });
      assert.equal(read.status, 200);
    });

    test('a client that asks before it sends its body is told to go on', async () => {
      const connection = await open();
      const body = '<action/>';
      const headers = { Expect: '100-continue', 'Content-Length': `${body.length}` };
      connection.send(rawRequest({ method: 'POST', target: setupTarget(), headers, body: '' }));
      assert.equal((await connection.answer()).status, 100);
      connection.send(body);
      assert.equal((await connection.answer()).status, 200);
      connection.socket.destroy();
    });

    test('what a client expects of an answer is heard under either name', async () => {
      for (const name of ['Expect', 'X-Ovirt-Expect']) {
        const headers = { [name]: '202-accepted' };
        const reply = await ask({ method: 'POST', target: setupTarget(), headers, body: '<action/>' });
        assert.equal(reply.status, 202, `${name}: ${reply.text}`);
        assert.match(reply.text, /in_progress/);
      }
      const headers = { Expect: '201-created' };
      const made = await ask({
        method: 'POST',
        target: `${base}/networks`,
        headers,
        body: '<network><name>awaited</name><data_center><name>Default</name></data_center></network>',
      });
      assert.equal(made.status, 201, made.text);
    });

    test('one that is too large is refused in words, whatever says how long it is', async () => {
      const large = `<action><!--${'x'.repeat(1_100_000)}--></action>`;
      for (const request of [
        { body: large },
        {
          headers: { 'Transfer-Encoding': 'chunked' },
          body: `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
        },
      ]) {
        const reply = await ask({ method: 'POST', target: setupTarget(), ...request });
        assert.equal(reply.status, 413);
        assert.match(reply.text, /<fault>.*<\/fault>/s);
      }
    });
  });

  describe('methods', () => {
    test('HEAD tells what GET would, without the body', async () => {
      for (const target of [base, `${base}/networks`, `${base}/hosts/${host.id}`, `${base}/hosts/nowhere`]) {
        const [head, get] = [await ask({ method: 'HEAD', target }), await ask({ method: 'GET', target })];
        assert.equal(head.status, get.status, target);
        assert.equal(head.headers.get('content-type'), get.headers.get('content-type'));
        assert.equal(head.headers.get('content-length'), get.headers.get('content-length'));
        assert.equal(head.headers.get('link'), get.headers.get('link'));
      }
      const { headers } = await ask({ method: 'HEAD', target: base });
      assert.match(headers.get('link') ?? '', /<\/ovirt-engine\/api\/hosts>; rel=hosts/);
    });

    test('OPTIONS tells which there are, and others are refused with them', async () => {
      for (const [target, allow] of [
        [`${base}/networks`, 'GET, POST, HEAD, OPTIONS'],
        [`${base}/networks/${networks['red']}`, 'GET, PUT, DELETE, HEAD, OPTIONS'],
        [setupTarget(), 'POST, OPTIONS'],
      ] as const) {
        const options = await ask({ method: 'OPTIONS', target });
        assert.deepEqual([options.status, options.headers.get('allow')], [200, allow]);
        const patched = await ask({ method: 'PATCH', target, body: '<network/>' });
        assert.deepEqual([patched.status, patched.headers.get('allow')], [405, allow]);
        assert.match(patched.text, /<fault>.*<\/fault>/s);
      }
    });
  });

  describe('compression', () => {
    const target = `${base}/networkfilters`;
    const plain = () => ask({ method: 'GET', target });

    test('a large answer is compressed for whoever takes it, and is the same', async () => {
      const { text } = await plain();
      for (const [accepted, unpack] of [
        ['gzip', gunzipSync],
        ['deflate, gzip', gunzipSync],
        ['deflate', inflateSync],
      ] as const) {
        const reply = await ask({ method: 'GET', target, headers: { 'Accept-Encoding': accepted } });
        assert.equal(reply.headers.get('content-encoding'), accepted === 'deflate' ? 'deflate' : 'gzip');
        assert.equal(reply.headers.get('content-type'), 'application/xml;charset=UTF-8');
        assert.match(reply.headers.get('vary') ?? '', /accept-encoding/i);
        assert.ok(reply.body.length < text.length / 2, `${reply.body.length} of ${text.length}`);
        assert.equal(unpack(reply.body).toString(), text);
      }
    });

    test('a small one, and one for a client that takes none, is as it is', async () => {
      const small = await ask({
        method: 'GET',
        target: `${base}/hosts/nowhere`,
        headers: { 'Accept-Encoding': 'gzip' },
      });
      assert.equal(small.headers.get('content-encoding'), undefined);
      assert.match(small.text, /<fault>/);
      for (const headers of [{}, { 'Accept-Encoding': 'identity' }, { 'Accept-Encoding': 'gzip;q=0' }]) {
        const reply = await ask({ method: 'GET', target, headers });
        assert.equal(reply.headers.get('content-encoding'), undefined);
        assert.equal(Number(reply.headers.get('content-length')), reply.body.length);
      }
    });
  });

  describe('names of operations', () => {
    const events = async (id: string) =>
      (await system.api.request('GET', `/events?search=correlation_id%3D${id}`, undefined, json)).items('event');
    const json = { accept: 'application/json' };

    test('a correlation id comes back, and leads to the job, the events and the revision', async () => {
      const headers = { 'Correlation-Id': 'rack-7_Row2' };
      const reply = await ask({ method: 'POST', target: setupTarget(), headers, body: setup('red', 'eth4') });
      assert.equal(reply.status, 200, reply.text);
      assert.equal(reply.headers.get('correlation-id'), 'rack-7_Row2');
      const job = /<job [^>]*id="([^"]*)"/.exec(reply.text)?.[1];
      const found = (
        await system.api.request('GET', '/jobs?search=correlation_id%3Drack-7_Row2', undefined, json)
      ).items('job');
      assert.deepEqual(
        found.map(({ id }) => id),
        [job],
      );
      assert.ok((await events('rack-7_Row2')).every((event) => event.correlation_id === 'rack-7_Row2'));
      assert.ok((await events('rack-7_Row2')).length >= 1);
      const [revision] = (await host.request('GET', '/revisions', undefined, json)).items('host_revision');
      assert.equal(revision?.correlation_id, 'rack-7_Row2');
    });

    test('it is cleaned and cut, may come as a parameter, and is made when there is none', async () => {
      const echoed = async (target: string, headers: Record<string, string> = {}) =>
        (await ask({ method: 'GET', target, headers })).headers.get('correlation-id') ?? '';
      assert.equal(await echoed(base, { 'Correlation-Id': 'a b;c\td/é"<e>' }), 'abcde');
      assert.equal(await echoed(base, { 'Correlation-Id': 'x'.repeat(50) }), 'x'.repeat(36));
      assert.equal(await echoed(`${base}?correlation_id=by-parameter`), 'by-parameter');
      assert.equal(await echoed(`${base}/networks;correlation_id=by-matrix`), 'by-matrix');
      assert.equal(await echoed(`${base}?correlation_id=second`, { 'Correlation-Id': 'first' }), 'first');
      assert.match(await echoed(base, { 'Correlation-Id': '///' }), /^[0-9a-f-]{36}$/);
      assert.notEqual(await echoed(base), await echoed(base));
      assert.equal(await echoed(`${base}/hosts/nowhere`, { 'Correlation-Id': 'refused' }), 'refused');
    });

    test('a request that is sent again is no second change', async () => {
      const headers = { 'Correlation-Id': 'sent-twice' };
      const again = { method: 'POST', target: setupTarget(), headers, body: setup('red', 'eth5') };
      const executed = () => host.memory.kernel.executed.length;
      assert.equal((await ask(again)).status, 200);
      const before = executed();
      const second = await ask(again);
      assert.equal(second.status, 200, second.text);
      assert.equal(second.headers.get('correlation-id'), 'sent-twice');
      assert.equal(executed(), before, 'the kernel was not asked again');
      const target = `${base}/hosts/${host.id}/networkattachments`;
      const body = `<network_attachment><network id="${networks['red']}"/><host_nic><name>eth5</name></host_nic></network_attachment>`;
      const clash = await ask({ method: 'POST', target, headers, body });
      assert.deepEqual([clash.status, clash.text.includes('ATT-09')], [400, true], clash.text);
      const id = (await system.engine.engine.store.named('attachment', host.id, networks['red'] ?? ''))?.id;
      const gone = { method: 'DELETE', target: `${target}/${id}`, headers };
      assert.equal((await ask(gone)).status, 200);
      const missing = await ask(gone);
      assert.equal(missing.status, 404);
      assert.match(missing.text, /<fault>/);
    });
  });

  describe('parameters and headers', () => {
    const names = (text: string) => [...text.matchAll(/<name>([^<]*)<\/name>/g)].map(([, name]) => name);

    test('matrix parameters of the last segment are parameters like others', async () => {
      const max = await ask({ method: 'GET', target: `${base}/networks;max=2` });
      assert.equal(names(max.text).length, 2);
      const searched = await ask({ method: 'GET', target: `${base}/networks;search=name%3Dblue;max=3` });
      assert.deepEqual(names(searched.text), ['blue']);
      const both = await ask({ method: 'GET', target: `${base}/networks;max=1?search=name%3Dred%20or%20name%3Dblue` });
      assert.equal(names(both.text).length, 1);
      const above = await ask({ method: 'GET', target: `${base}/hosts;max=0/${host.id};follow=cluster` });
      assert.equal(above.status, 200);
      assert.deepEqual(names(above.text).slice(0, 2), ['host1', 'Default']);
      const later = await ask({ method: 'POST', target: `${setupTarget()};async=true`, body: '<action/>' });
      assert.equal(later.status, 202, later.text);
    });

    test('Filter and All-Content are headers, too', async () => {
      const summary = async (headers: Record<string, string>, target = base) =>
        (await ask({ method: 'GET', target, headers })).text.includes('<summary>');
      assert.equal(await summary({}), true);
      assert.equal(await summary({ Filter: 'true' }), false);
      assert.equal(await summary({ Filter: 'false' }), true);
      assert.equal(await summary({ Filter: 'true' }, `${base}?filter=false`), true, 'the parameter comes first');
      assert.equal(await summary({ Filter: 'perhaps' }), true, 'nonsense counts as missing');
      const target = `${base}/hosts/${host.id}`;
      const busy = async (headers: Record<string, string>) =>
        (await ask({ method: 'GET', target, headers })).text.includes('network_operation_in_progress');
      assert.deepEqual([await busy({}), await busy({ 'All-Content': 'true' })], [false, true]);
    });

    test('one slash behind an address changes nothing, and an address in two places is two', async () => {
      for (const target of [base, `${base}/networks`, '/api', '/ovirt-engine/api/v4/hosts']) {
        const [without, slash] = [
          await ask({ method: 'GET', target }),
          await ask({ method: 'GET', target: `${target}/` }),
        ];
        assert.deepEqual([without.status, slash.status], [200, 200], target);
        assert.match(slash.text, new RegExp(`href="${target.startsWith('/api') ? '/api' : target.slice(0, 17)}`));
      }
    });

    test('hosts of any name are answered, with hrefs that hold no name', async () => {
      const reply = await ask({ method: 'GET', target: `${base}/networks`, headers: { Host: 'proxy.example:8443' } });
      assert.doesNotMatch(reply.text, /proxy\.example/);
      const made = await ask({
        method: 'POST',
        target: `${base}/networks`,
        headers: { Host: 'proxy.example:8443' },
        body: '<network><name>located</name><data_center><name>Default</name></data_center></network>',
      });
      const id = /<network [^>]*id="([^"]*)"/.exec(made.text)?.[1];
      assert.equal(made.headers.get('location'), `http://proxy.example:8443${base}/networks/${id}`);
    });
  });
});
