/** What a test run on a lab host said, in TAP as Node's test runner writes it. */

export interface TestedInside {
  title: string;
  result: 'passed' | 'failed' | 'skipped';
  /** What the run said of it: why it failed, and how long it took. */
  detail: string;
}

const LINE = /^( *)(not )?ok \d+ - (.*?)(?: # (SKIP|TODO)\b.*)?$/;

/** Every test, in the order in which they ended; suites are left out, for they only sum up. */
export function testsOf(tap: string): TestedInside[] {
  const lines = tap.split('\n');
  return lines.flatMap((line, at): TestedInside[] => {
    const [, indent, not, title, skipped] = LINE.exec(line) ?? [];
    if (indent === undefined || title === undefined) return [];
    const block = lines.slice(at + 1);
    const detail = block.slice(0, block.indexOf(`${indent}  ...`) + 1).join('\n');
    if (detail.includes(`\n${indent}  type: 'suite'`)) return [];
    return [{ title, result: not !== undefined ? 'failed' : skipped !== undefined ? 'skipped' : 'passed', detail }];
  });
}
