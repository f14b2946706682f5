/** What a test run says of the cases: TAP, in which every title begins with an id. */
import type { Result } from './report.ts';

const LINE = /^ *(not )?ok \d+ - (HT-\d{3}|X\d{1,2}) (.*)$/;

/** @param results gets what the text tells; a case with several tests has passed when none failed */
export function readResults(tap: string, results: Map<string, Result>): void {
  for (const line of tap.split('\n')) {
    const [, not, id, rest] = LINE.exec(line) ?? [];
    if (id === undefined || rest === undefined) continue;
    const result = not !== undefined ? 'failed' : / # (SKIP|TODO)/.test(rest) ? 'skipped' : 'passed';
    results.set(id, worse(results.get(id), result));
  }
}

/** A skipped test takes nothing from one that was run elsewhere. */
function worse(before: Result | undefined, now: Result): Result {
  if (before === 'failed' || now === 'failed') return 'failed';
  return before === 'passed' || now === 'passed' ? 'passed' : 'skipped';
}
