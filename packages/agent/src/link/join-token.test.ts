import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeJoinToken } from './join-token.ts';

test('a join token is read from the environment, and is in that of no other program', () => {
  const environment: Record<string, string | undefined> = { PATCHBAY_TOKEN: 'secret.abc', PATH: '/bin' };
  assert.equal(takeJoinToken(environment, undefined), 'secret.abc');
  assert.deepEqual(environment, { PATH: '/bin' });
  assert.equal(takeJoinToken(environment, undefined), undefined);
  assert.equal(takeJoinToken({ PATCHBAY_TOKEN: '' }, undefined), undefined, 'one that is not filled in');
});

test('a join token of the environment counts before one that the arguments have had since the host was set up', () => {
  const environment: Record<string, string | undefined> = { PATCHBAY_TOKEN: 'new.abc' };
  assert.equal(takeJoinToken(environment, 'old.abc'), 'new.abc');
  assert.deepEqual(environment, {});
  assert.equal(takeJoinToken({}, 'old.abc'), 'old.abc');
  assert.equal(takeJoinToken({ PATCHBAY_TOKEN: '' }, 'old.abc'), 'old.abc', 'one that is not filled in');
});
