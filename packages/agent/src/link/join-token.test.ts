import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeJoinToken } from './join-token.ts';

test('a join token is read from the environment, and is in that of no other program', () => {
  const environment: Record<string, string | undefined> = { PATCHBAY_TOKEN: 'secret.abc', PATH: '/bin' };
  assert.equal(takeJoinToken(environment), 'secret.abc');
  assert.deepEqual(environment, { PATH: '/bin' });
  assert.equal(takeJoinToken(environment), undefined);
  assert.equal(takeJoinToken({ PATCHBAY_TOKEN: '' }), undefined, 'one that is not filled in');
});
