import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../problem.ts';
import { type ApiRequest, route } from './api.ts';
import { follow, parseFollow } from './follow.ts';
import { answerMedia, detailOf } from './negotiate.ts';
import { RouteTable } from './route-table.ts';

test('names join where they share a beginning, in any spelling', () => {
  const follow = parseFollow('nics.Network_Labels, nics.statistics,cluster,,');
  assert.deepEqual([...(follow?.keys() ?? [])], ['nics', 'cluster']);
  assert.deepEqual([...(follow?.get('nics')?.keys() ?? [])], ['networklabels', 'statistics']);
  for (const nothing of [null, '', ' , ']) assert.equal(parseFollow(nothing), null);
});

test('as many entities are followed as one answer can have, wherever they stand in it', async () => {
  const host = { link: [{ rel: 'nics', href: '/nics' }] };
  const followed = (hosts: number, nics: number, text: string) => {
    const listed = route('GET', '/hosts/:host/nics', 'host_nic', async () => ({
      type: 'host_nic',
      items: Array(nics).fill({}),
    }));
    const table = new RouteTable([{ ...listed, path: '/nics' }]);
    const request = { base: '', once: <T>(_key: string, load: () => Promise<T>) => load() } as ApiRequest;
    return follow(table, request, { type: 'host', items: Array(hosts).fill(host) }, parseFollow(text) ?? new Map());
  };
  const all = await followed(2, 50_000, 'nics');
  assert.ok('items' in all);
  assert.deepEqual(
    all.items.map((one) => (one as { nics: object[] }).nics.length),
    [50_000, 50_000],
  );
  const refused = await followed(3, 50_000, 'nics');
  assert.ok(refused instanceof Problem);
  assert.deepEqual([refused.status, refused.code], [400, 'FOLLOW']);
  assert.match(refused.detail, /More than 100000 objects .* follow fewer of them, or ask for less with search or max/);
  assert.ok(!((await followed(10_000, 6, 'nics')) instanceof Problem), 'each request begins anew');
});

test('a fixed segment goes before a parameter', () => {
  const handle = () => Promise.reject(new Error('not called'));
  const paths = ['/', '/hosts', '/hosts/:host', '/hosts/:host/nics/:nic', '/hosts/nics'];
  const served = route('GET', '/hosts', 'host', handle);
  const table = new RouteTable(paths.map((path) => ({ ...served, path })));
  const cases: [string, string | undefined, Record<string, string>][] = [
    ['', '/', {}],
    ['/hosts', '/hosts', {}],
    ['/hosts/a%20b', '/hosts/:host', { host: 'a b' }],
    ['/hosts/nics', '/hosts/nics', {}],
    ['/hosts/h/nics/n', '/hosts/:host/nics/:nic', { host: 'h', nic: 'n' }],
    ['/hosts/h/nics', undefined, {}],
    ['/nowhere', undefined, {}],
  ];
  for (const [path, expected, params] of cases) {
    const found = table.find(path);
    assert.equal(found?.route.path, expected, path);
    assert.deepEqual(found?.params ?? {}, params, path);
  }
});

test('a wish beside the media type does not make it another type', () => {
  assert.equal(answerMedia('application/xml; detail=statistics', null), 'xml');
  assert.equal(answerMedia('application/json;detail=statistics;q=0.5', null), 'json');
  assert.deepEqual(detailOf('application/xml; detail=statistics+tags', null), ['statistics', 'tags']);
  assert.deepEqual(detailOf('application/xml', 'statistics'), ['statistics']);
  assert.deepEqual(detailOf(undefined, null), []);
});
