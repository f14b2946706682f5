/** `docs/compatibility.md`: what the clients did, in the last run that had them all. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Outcome, PublishedClient } from './client.ts';

export interface Result {
  client: PublishedClient;
  /** None when the client could not be had. */
  outcomes: Outcome[];
}

const page = fileURLToPath(new URL('../../docs/compatibility.md', import.meta.url));
const mark = '<!-- What follows is written by script/test --clients. -->';

/** Writes the table below the mark, when every client could be had. */
export function writeCompatibility(results: readonly Result[]): void {
  if (results.some(({ outcomes }) => outcomes.length === 0)) return;
  const [head = ''] = readFileSync(page, 'utf8').split(mark);
  writeFileSync(page, `${head}${mark}\n\n${results.map(section).join('\n')}`);
}

function section({ client, outcomes }: Result): string {
  const rows = outcomes.map(({ operation, problem }) => `| ${operation} | ${problem === null ? 'works' : problem} |`);
  return [`### ${client.name} ${client.version}`, '', '| operation | result |', '| --- | --- |', ...rows, ''].join(
    '\n',
  );
}
