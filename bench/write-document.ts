/** `docs/performance.md` from what the last runs left in `bench/results/`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const titles: Readonly<Record<string, string>> = {
  crash: 'Killed in the midst of changes, on a real kernel',
  engine: 'Through all of the engine',
  host: 'On a real kernel',
  model: 'Rules',
  peers: 'Against other network managers, on a real kernel',
  store: 'Store',
  wire: 'Codecs',
};

/** `B6 of commits/s of the raw driver: ratio 0.39 (target at least 0.7) more`, in the spellings of all groups. */
const measured = /^([BW]\d+)\s+(.*?):?\s*ratio (\S+)\s*(?:\(target ([^)]*)\))?\s*(.*)$/;

export function writeDocument(results: string): void {
  const groups = readdirSync(results)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => section(name.slice(0, -'.txt'.length), readFileSync(`${results}${name}`, 'utf8')));
  const text = `# Performance

Made by \`script/bench\` from \`bench/results\`; do not edit. Each number is a ratio against the floor that its line names,
measured in the same run: medians of alternating rounds. On a real kernel, a change and its floor begin alike, after the host has
been at rest. A ratio of speeds should be high, one of times low; the target says which. Numbers of a busy machine say little: look at the load.

${groups.join('\n')}`;
  writeFileSync(fileURLToPath(new URL('../docs/performance.md', import.meta.url)), text);
}

function section(group: string, text: string): string {
  const lines = text.trim().split('\n');
  const rows = lines.flatMap((line) => {
    const [, id, name, ratio, target, detail] = measured.exec(line) ?? [];
    if (id === undefined) return [];
    return [`| ${[id, name || '-', ratio, target ?? '-', detail || '-'].map(cell).join(' | ')} |`];
  });
  const table = [
    '| id | what, against which floor | ratio | target | made of |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
  return `## ${titles[group] ?? group}\n\n${table.join('\n')}\n\nMeasured with ${lines.at(-1)}.\n`;
}

const cell = (text: string | undefined) => (text ?? '').replaceAll('|', '\\|');
