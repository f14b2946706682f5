import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress, Query } from './address.ts';

test('the base is what the client used, versions included', () => {
  const cases: [string, string, number | null, string][] = [
    ['/ovirt-engine/api', '/ovirt-engine/api', null, '/'],
    ['/ovirt-engine/api/', '/ovirt-engine/api', null, '/'],
    ['/api/hosts/1/', '/api', null, '/hosts/1'],
    ['/ovirt-engine/api/v4/hosts', '/ovirt-engine/api/v4', 4, '/hosts'],
    ['/ovirt-engine/api/v3', '/ovirt-engine/api/v3', 3, '/'],
    ['/ovirt-engine/api;max=1', '/ovirt-engine/api', null, '/?max=1'],
    ['/api/hosts;max=5;search=a?follow=nics', '/api', null, '/hosts?follow=nics&max=5&search=a'],
    ['/api/hosts;x=1/nics', '/api', null, '/hosts/nics'],
    ['/api/hosts;x=1/H/nics', '/api', null, '/hosts/H/nics'],
  ];
  for (const [url, base, pathVersion, path] of cases) {
    assert.deepEqual(parseAddress(url), { address: { base, pathVersion }, path }, url);
  }
  assert.equal(parseAddress('/ovirt-engine/apix'), null);
  assert.equal(parseAddress('/ovirt-engine/sso/oauth/token'), null);
});

test('query values: booleans of every spelling, nonsense is missing', () => {
  const query = new Query('a=TRUE&b&c=nonsense&d=n&max=5&bad=5x&search=');
  assert.equal(query.flag('a'), true);
  assert.equal(query.flag('b'), true);
  assert.equal(query.flag('c'), null);
  assert.equal(query.flag('d'), false);
  assert.equal(query.int('max'), 5);
  assert.equal(query.int('bad'), null);
  assert.equal(query.text('search'), '');
  assert.equal(query.text('absent'), null);
});
