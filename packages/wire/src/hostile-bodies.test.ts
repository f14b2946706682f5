import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from './codec.ts';
import { hostileBodies } from './hostile-bodies.ts';

test('every hostile body is refused with a fault that says where and what', () => {
  const accepted: string[] = [];
  for (const { name, mediaType, type, body } of hostileBodies) {
    const decoded = decode(mediaType, body, type);
    if (decoded.ok) {
      accepted.push(name);
      continue;
    }
    const { status, reason, detail } = decoded.fault;
    assert.ok(status === 400 || status === 413, name);
    assert.ok(reason.length > 0 && detail.length > 0 && detail.length < 1000, `${name}: ${detail}`);
    assert.equal(status === 413, body.length > 1024 * 1024, name);
  }
  assert.deepEqual(accepted, []);
});

test('there are at least 200 of them, each with a name of its own', () => {
  assert.ok(hostileBodies.length >= 200, String(hostileBodies.length));
  assert.equal(new Set(hostileBodies.map(({ name }) => name)).size, hostileBodies.length);
});
