import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, ConnectionError, JobError, SignInError } from '@patchbay/client';
import { endingOf, NotFoundError, UsageError } from './exit.ts';

const refused = (status: number, detail: string | undefined) =>
  new ApiError({ status, reason: 'Operation Failed', detail, method: 'GET', path: '/', correlationId: undefined });

test('the exit code tells who said no', () => {
  const cases: [unknown, number][] = [
    ...[400, 403, 404, 405, 409, 413].map((status): [unknown, number] => [refused(status, 'No.'), 1]),
    [new NotFoundError('There is no host h.'), 1],
    [new UsageError('Say more.'), 2],
    ...[502, 504].map((status): [unknown, number] => [refused(status, 'It failed.'), 3]),
    [new JobError({ status: 'failed' }), 3],
    ...[401, 500, 503].map((status): [unknown, number] => [refused(status, 'No.'), 4]),
    [new SignInError('access_denied', 'No.'), 4],
    [new ConnectionError('No answer.'), 4],
  ];
  for (const [error, code] of cases) assert.equal(endingOf(error)?.code, code, String(error));
  assert.equal(endingOf(new TypeError('x is not a function')), null);
  assert.equal(endingOf('text'), null);
});

test('every rule has a line, and what has no detail its reason', () => {
  const detail = '[Two slaves are needed. (BOND-06, A_KEY) There is no eth9. (ATT-14, B_KEY)]';
  assert.deepEqual(endingOf(refused(400, detail))?.lines, [
    'Two slaves are needed. (BOND-06)',
    'There is no eth9. (ATT-14)',
  ]);
  assert.deepEqual(endingOf(refused(403, undefined))?.lines, ['Operation Failed']);
});
