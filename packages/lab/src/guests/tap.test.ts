import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testsOf } from './tap.ts';

const tap = `TAP version 13
# Subtest: a suite
    # Subtest: good
    ok 1 - good
      ---
      duration_ms: 1
      ...
    # Subtest: bad
    not ok 2 - bad
      ---
      duration_ms: 2
      error: 'no'
      ...
    ok 3 - left out # SKIP not here
      ---
      duration_ms: 0
      ...
    1..3
not ok 1 - a suite
  ---
  duration_ms: 4
  type: 'suite'
  ...
1..1
`;

test('tests inside are told one by one, suites are not', () => {
  assert.deepEqual(
    testsOf(tap).map(({ title, result }) => `${title} ${result}`),
    ['good passed', 'bad failed', 'left out skipped'],
  );
  assert.match(testsOf(tap)[1]?.detail ?? '', /error: 'no'/);
});
