/** `docs/compatibility.md`: what each client did, in its last run on a real kernel. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Outcome, PublishedClient } from './client.ts';

export interface Result {
  client: PublishedClient;
  /** What the hosts were, in words. */
  hosts: string;
  /** None when the client could not be had. */
  outcomes: readonly Outcome[];
}

const page = fileURLToPath(new URL('../../docs/compatibility.md', import.meta.url));
const mark = '<!-- What follows is written by script/test --clients. -->';

/** Writes what is below the mark; a client that could not be had keeps what its last run said. */
export function writeCompatibility(results: readonly Result[]): void {
  const text = readFileSync(page, 'utf8');
  const written = compatibility(text, results);
  if (written !== text) writeFileSync(page, written);
}

export function compatibility(text: string, results: readonly Result[]): string {
  const [head = '', tail = ''] = text.split(mark);
  const former = new Map(tail.split(/^(?=### )/m).map((section) => [titleOf(section), section.trim()]));
  const sections = results.map((result) => {
    const kept = [...former].find(([title]) => title.startsWith(`${result.client.name} `))?.[1];
    return result.outcomes.length === 0 ? (kept ?? unknown(result)) : section(result);
  });
  return `${head}${mark}\n\n${sections.join('\n\n')}\n`;
}

function titleOf(section: string): string {
  return /^### (.*)/.exec(section)?.[1] ?? '';
}

function unknown({ client }: Result): string {
  return `### ${client.name} ${client.version}\n\nIt could not be had where the tests have run so far.`;
}

function section({ client, hosts, outcomes }: Result): string {
  return [
    `### ${client.name} ${client.version}`,
    '',
    `Hosts: ${hosts}.`,
    '',
    '| operation | result |',
    '| --- | --- |',
    ...rows(outcomes).map(([operation, result]) => `| ${operation} | ${result.replaceAll('|', '\\|')} |`),
  ].join('\n');
}

/** An operation that was done twice has one row. */
function rows(outcomes: readonly Outcome[]): [string, string][] {
  const once = outcomes.filter(({ again }) => again !== true);
  const words = ({ problem }: Outcome) => problem ?? 'works';
  const second = (outcome: Outcome) => {
    const repeated = outcomes.find(({ again, operation }) => again === true && operation === outcome.operation);
    return repeated === undefined ? '' : `; again: ${repeated.problem ?? 'changes nothing'}`;
  };
  return once.map((outcome) => [outcome.operation, words(outcome) + second(outcome)]);
}
