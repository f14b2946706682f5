import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHostName } from './host-name.ts';

test('Host names', () => {
  for (const name of ['h1', 'H1.example.com', '1st.rack-2', 'my_host', 'x'.repeat(63), '3com', 'xn--bcher-kva']) {
    assert.ok(isHostName(name), name);
  }
  const long = Array.from({ length: 5 }, () => 'x'.repeat(60)).join('.');
  for (const text of [
    '',
    'a b',
    'a!',
    '-a',
    'a-',
    'a..b',
    '.a',
    'a.',
    'ü',
    'x'.repeat(64),
    long,
    'a\n',
    'a:1',
    'a/b',
  ]) {
    assert.ok(!isHostName(text), text);
  }
  for (const text of ['300.1.1.1', '10.0.0', '12', 'rack.7']) assert.ok(!isHostName(text), `${text} is like IPv4`);
});
