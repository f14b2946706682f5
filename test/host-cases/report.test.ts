import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contradictions, type Result, report, resultsIn, waiting, withoutResults, written } from './report.ts';
import { readResults } from './results.ts';
import { titles } from './titles.ts';

describe('the cases of a host', () => {
  test('each is known, and has a test or a reason to have none', (t) => {
    assert.deepEqual(contradictions(), []);
    t.diagnostic(`${waiting().length} of ${titles.size} wait for their test: ${waiting().join(' ')}`);
  });

  test('the document is what the tests say', () => {
    const made = withoutResults(report(new Map()));
    assert.equal(withoutResults(written()), made, 'stale; write it again by script/test --report');
  });

  test('what a document tells of results is read again', () => {
    const results = new Map<string, Result>([
      ['HT-001', 'passed'],
      ['HT-002', 'failed'],
      ['X25', 'skipped'],
    ]);
    assert.deepEqual(resultsIn(report(results)), results);
  });

  test('a case has passed when every test of it that ran did', () => {
    const results = new Map<string, Result>();
    readResults(
      [
        ...['ok 1 - HT-001 a', '    not ok 2 - HT-001 b', 'ok 3 - HT-002 c # SKIP not here'],
        ...['ok 4 - HT-003 d', 'ok 5 - HT-003 e # SKIP', 'ok 6 - X1 f', 'ok 7 - other'],
      ].join('\n'),
      results,
    );
    assert.deepEqual(Object.fromEntries(results), {
      'HT-001': 'failed',
      'HT-002': 'skipped',
      'HT-003': 'passed',
      X1: 'passed',
    });
  });
});
