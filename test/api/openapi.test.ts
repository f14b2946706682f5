/** The API's description of itself: whole, true, and readable by whoever has not signed in yet. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { undescribed } from '../conforms.ts';
import { type System, startSystem } from './system.ts';

describe('the OpenAPI document', { timeout: 60_000 }, () => {
  let system: System;
  let document: Parameters<typeof undescribed>[0] & { openapi: string; servers: { url: string }[] };
  before(async () => {
    system = await startSystem(0);
    document = (await (await fetch(`${system.api.url}/openapi.json`)).json()) as typeof document;
  });
  after(() => system.stop());

  test('describes every path with its methods, and every reference leads somewhere', () => {
    assert.equal(document.openapi, '3.1.0');
    assert.deepEqual(document.servers, [{ url: '/ovirt-engine/api' }]);
    assert.deepEqual(Object.keys(document.paths['/hosts/{host}/networkattachments/{attachment}'] ?? {}).sort(), [
      ...['delete', 'get', 'put'],
    ]);
    const ids = [...JSON.stringify(document).matchAll(/"operationId":"([^"]*)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const [, name = ''] of JSON.stringify(document).matchAll(/schemas\/([^"]*)"/g)) {
      assert.ok(document.components.schemas[name], name);
    }
  });

  test('an undescribed path, method, status, member or value is noticed', () => {
    const json = { method: 'GET', path: '/hosts/h', status: 200, media: 'json' as const };
    const told = (change: object) => undescribed(document, { ...json, text: '{"id":"h"}', ...change });
    assert.equal(told({}), null);
    assert.match(told({ path: '/nowhere' }) ?? '', /no such path/);
    assert.match(told({ method: 'POST' }) ?? '', /no such method/);
    assert.match(told({ status: 500 }) ?? '', /no such status/);
    assert.match(told({ text: '{"colour":"red"}' }) ?? '', /there is no .colour/);
    assert.match(told({ text: '{"status":"tired"}' }) ?? '', /.status is tired/);
    assert.match(told({ text: '{"port":54321}' }) ?? '', /.port is integer, not string/);
    assert.match(told({ text: '{"cluster":{"colour":"red"}}' }) ?? '', /.cluster.colour/);
    const xml = (text: string, path = '/hosts/h') => told({ path, media: 'xml', text });
    const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
    assert.equal(xml(`${head}<host id="h"/>`), null);
    assert.match(xml(`${head}<host><colour>red</colour></host>`) ?? '', /no <colour>/);
    assert.equal(
      xml(`${head}<hosts>\n  <host id="h"/>\n  <host>\n    <name>x</name>\n  </host>\n</hosts>`, '/hosts'),
      null,
    );
    assert.equal(xml(`${head}<hosts/>`, '/hosts'), null);
    assert.match(xml(`${head}<hosts>\n  <nic/>\n</hosts>`, '/hosts') ?? '', /root <host> was expected/);
  });

  test('is a page, too, without anything from elsewhere', async () => {
    const page = await fetch(`http://127.0.0.1:${system.engine.port}/ovirt-engine/apidoc`);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    const text = await page.text();
    assert.match(text, /\/hosts\/\{host\}\/setupnetworks/);
    assert.doesNotMatch(text, /<script|https?:\/\//);
    assert.match((await system.api.request('GET', '')).text, /href="\/ovirt-engine\/api\/openapi.json" rel="openapi"/);
  });
});
