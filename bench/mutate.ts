/**
 * Do the tests of the rules notice when a rule is gone? Each rule's `find` is emptied in a copy of the model, and the tests
 * beside it are run, then all the others; a mutant that they let pass has survived. `script/mutate [word in the path]`
 */
import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Mutant {
  /** From the copy's root. */
  file: string;
  /** Which `find` of the file, from 0. */
  at: number;
  id: string;
}

/** Survivors that are meant to be, with the reason. */
const explained: Readonly<Record<string, string>> = {};

const original = 'packages/model';
const workers = Math.min(2, availableParallelism());
const only = process.argv[2];
const begin = /\*find\([\s\S]*?\) \{\n/g;

const base = join('node_modules', '.cache', 'mutants');
rmSync(base, { recursive: true, force: true });
const copies = Array.from({ length: workers }, (_, at) => {
  const copy = join(base, String(at));
  cpSync(join(original, 'src'), join(copy, 'src'), { recursive: true });
  cpSync(join(original, 'package.json'), join(copy, 'package.json'));
  return copy;
});

const files = readdirSync(join(original, 'src', 'rules'), { recursive: true, encoding: 'utf8' })
  .map((file) => join('src', 'rules', file))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && (only === undefined || file.includes(only)))
  .sort();
const mutants = files.flatMap((file): Mutant[] => {
  const text = readFileSync(join(original, file), 'utf8');
  return [...text.matchAll(begin)].map((match, at) => ({ file, at, id: idBefore(text, match.index) }));
});

for (const copy of copies) {
  if (await fails(testsBelow(join(copy, 'src', 'rules'))))
    throw new Error('The tests fail before anything is emptied.');
}

const started = performance.now();
const survivors: Mutant[] = [];
const queue = [...mutants];
await Promise.all(
  copies.map(async (copy) => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      if (!(await killed(copy, mutant))) survivors.push(mutant);
      process.stdout.write(survivors.includes(mutant) ? `\n${mutant.id} survived (${mutant.file})\n` : '.');
    }
  }),
);
rmSync(base, { recursive: true });

const seconds = Math.round((performance.now() - started) / 1000);
const score = `${mutants.length - survivors.length} of ${mutants.length} rules`;
console.log(`\nthe tests notice ${score}; ${seconds} s`);
if (only === undefined) writeFileSync('docs/mutations.md', page());
process.exit(survivors.some(({ id }) => explained[id] === undefined) ? 1 : 0);

async function killed(copy: string, { file, at }: Mutant): Promise<boolean> {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  let nth = 0;
  const emptied = text.replace(begin, (head) => (nth++ === at ? `${head}if (Date.now() > 0) return;\n` : head));
  writeFileSync(path, emptied);
  try {
    // Most are found out beside the rule; some rules look at two kinds of thing and are tested with the other.
    return (
      (await fails(testsBelow(join(copy, dirname(file))))) || (await fails(testsBelow(join(copy, 'src', 'rules'))))
    );
  } finally {
    writeFileSync(path, text);
  }
}

function testsBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  // The document is compared with a page that no copy has.
  return names
    .filter((name) => name.endsWith('.test.ts') && name !== 'document.test.ts')
    .map((name) => join(folder, name));
}

/** All in one process: starting one costs more than the tests. */
function fails(tests: string[]): Promise<boolean> {
  if (tests.length === 0) return Promise.resolve(false);
  const all = tests.map((test) => `import ${JSON.stringify(pathToFileURL(resolve(test)).href)};`).join('\n');
  return new Promise((done) => {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', all];
    spawn(process.execPath, args, { stdio: 'ignore' }).on('exit', (code) => done(code !== 0));
  });
}

/** The id that stands last before the rule's `find`. */
function idBefore(text: string, index: number): string {
  return [...text.slice(0, index).matchAll(/id: '([A-Z]+-\d+\w*)'/g)].at(-1)?.[1] ?? 'unnamed';
}

function page(): string {
  return `# Do the tests notice?

Written by \`script/mutate\`: each rule's finder is emptied, one at a time, and the tests of its folder are run, then all others. A rule whose
tests still pass has survived.

**The tests notice ${score}** (${seconds} s on the machine that wrote this).

${survivors.length === 0 ? 'None survived.' : survivors.map(({ id, file }) => `- ${id} (\`${join(original, file)}\`): ${explained[id] ?? 'not explained'}`).join('\n')}
`;
}
