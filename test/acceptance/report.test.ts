import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { counts, gaps, report, waiting } from './report.ts';

test('every acceptance scenario has a test or a reason to have none', (t) => {
  assert.deepEqual(gaps(), []);
  t.diagnostic(`${counts().memory} in memory, ${counts().lab} on a real kernel`);
  if (waiting().length > 0) t.diagnostic(`${waiting().length} scenarios wait for their test: ${waiting().join(' ')}`);
});

test('docs/acceptance.md is what the tests say', () => {
  const command = 'node --import tsx test/acceptance/print-report.ts';
  assert.equal(readFileSync('docs/acceptance.md', 'utf8'), report(), `stale; write it again by ${command}`);
});
