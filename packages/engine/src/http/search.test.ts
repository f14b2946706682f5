import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../problem.ts';
import { Query } from './address.ts';
import type { ApiRequest } from './api.ts';
import { searched } from './search.ts';

const hosts = [
  { name: 'alpha', status: 'up', mtu: 1500, 'datacenter.name': 'x y' },
  { name: 'beta', status: 'down', mtu: 9000, 'datacenter.name': 'dc' },
  { name: 'gamma', status: 'up', mtu: 9000, 'datacenter.name': 'dc' },
];

function names(search: string, more = ''): string[] | Problem {
  const request = { query: new Query(`search=${encodeURIComponent(search)}${more}`) } as ApiRequest;
  const found = searched(request, hosts, (h) => h);
  return found instanceof Problem ? found : found.map((h) => h.name);
}

test('what clients send is found', () => {
  const cases: [string, string[]][] = [
    ['', ['alpha', 'beta', 'gamma']],
    ['name="alpha"', ['alpha']],
    ['name=ALPHA', ['alpha']],
    ['alpha', ['alpha']],
    ['name=*m*', ['gamma']],
    ['name=*a*a', ['alpha', 'gamma']],
    ['status=up and mtu=9000', ['gamma']],
    ['name=alpha or status=up and mtu > 2000', ['alpha', 'gamma']],
    ['not status=up', ['beta']],
    ['status != up', ['beta']],
    ['datacenter="x y"', []],
    ['datacenter.name="x y"', ['alpha']],
    ['mtu>=1500 sortby name desc', ['gamma', 'beta', 'alpha']],
    ['sortby name page 2', ['gamma']],
  ];
  for (const [search, expected] of cases) {
    assert.deepEqual(names(search, search.includes('page') ? '&max=2' : ''), expected, search);
  }
});

test('nonsense is refused, and case can count', () => {
  for (const search of ['name=', '"open', '= x', 'page x', 'name=a sortby']) {
    assert.ok(names(search) instanceof Problem, search);
  }
  assert.deepEqual(names('name=ALPHA', '&case_sensitive=true'), []);
});

test('a pattern made to be slow is not', () => {
  const request = { query: new Query(`search=name=${'a*'.repeat(200)}b`) } as ApiRequest;
  assert.deepEqual(
    searched(request, [{ name: 'a'.repeat(10_000) }], (h) => h),
    [],
  );
});
