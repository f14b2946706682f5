/** `docs/host-cases.md`: every case of a host's behaviour, where it is tested, and how that went. `script/test --report` writes it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cannotBe } from './exceptions.ts';
import { titles } from './titles.ts';

export type Result = 'passed' | 'failed' | 'skipped';

const DOCUMENT = 'docs/host-cases.md';
/** A test's title that begins with the id of a case. */
const TITLE = /['"`](HT-\d{3}|X\d{1,2})\b(?= )/g;

/** Files by the ids of the cases that their tests bear. */
export function testedWhere(): Map<string, string[]> {
  const where = new Map<string, string[]>();
  for (const path of [...sourcesBelow('packages'), ...sourcesBelow('test')]) {
    const ids = new Set([...readFileSync(path, 'utf8').matchAll(TITLE)].map(([, id]) => id as string));
    for (const id of ids) where.set(id, [...(where.get(id) ?? []), path]);
  }
  return where;
}

/** A sentence for each case that is unknown, or has both a test and a reason to have none. */
export function contradictions(): string[] {
  const tested = testedWhere();
  return [
    ...[...tested.keys(), ...cannotBe.keys()].filter((id) => !titles.has(id)).map((id) => `${id} is no case.`),
    ...[...cannotBe.keys()].filter((id) => tested.has(id)).map((id) => `${id} has a test and a reason to have none.`),
  ];
}

/** Cases that wait for their test. */
export function waiting(): string[] {
  const tested = testedWhere();
  return [...titles.keys()].filter((id) => !tested.has(id) && !cannotBe.has(id));
}

/** @param results by id; one that was not run has none */
export function report(results: ReadonlyMap<string, Result>): string {
  const where = testedWhere();
  const row = ([id, title]: [string, string]) => {
    const files = where.get(id)?.map((path) => `\`${path}\``);
    const tested = files?.join(', ') ?? cannotBe.get(id) ?? 'not yet';
    return `| ${id} | ${title} | ${tested} | ${results.get(id) ?? '-'} |`;
  };
  return `# How a host behaves, case by case

Written by \`script/test --report\`; a test holds all but the results, each of the last such run that had the case. \`HT-…\` says what
is made of a kernel, \`X…\` what must never happen. A file \`x.lab.test.ts\`, and everything in \`test/lab\`, runs on a real kernel.

| id | case | tested in | result |
| --- | --- | --- | --- |
${[...titles].map(row).join('\n')}
`;
}

/** What the document says of everything but results. */
export function withoutResults(text: string): string {
  return text.replaceAll(/ \| (passed|failed|skipped|-) \|$/gm, ' | |');
}

/** Results that a document tells. */
export function resultsIn(text: string): Map<string, Result> {
  const rows = text.matchAll(/^\| (\S+) \|.* \| (passed|failed|skipped) \|$/gm);
  return new Map([...rows].map(([, id = '', result]) => [id, result as Result]));
}

/** @param results of a run, which may be one of a part: what it did not run is told as before */
export function writeReport(results: ReadonlyMap<string, Result>): void {
  writeFileSync(DOCUMENT, report(new Map([...resultsIn(written()), ...results])));
}

export function written(): string {
  return readFileSync(DOCUMENT, 'utf8');
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules') && isTest(path))
    .sort();
}

/** Suites that several test files play are tests too. */
function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || (path.startsWith('test/') && !path.startsWith('test/host-cases/'));
}
