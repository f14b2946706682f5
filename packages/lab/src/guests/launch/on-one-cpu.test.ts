import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cpus, onOneCpu } from './on-one-cpu.ts';

test('commands that begin at once share a CPU only when there are more of them than CPUs', async () => {
  const TMPDIR = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const begin = (): ChildProcess => {
    const [program = '', ...args] = [
      ...onOneCpu(),
      'sh',
      '-c',
      'grep Cpus_allowed_list: /proc/self/status; read -r end',
    ];
    return spawn(program, args, { env: { ...process.env, TMPDIR }, stdio: ['pipe', 'pipe', 'inherit'] });
  };
  const cpuOf = async ({ stdout }: ChildProcess): Promise<number> => {
    assert.ok(stdout !== null);
    const [said] = (await once(stdout, 'data')) as [Buffer];
    return Number(said.toString().split('\t')[1]);
  };
  const many = Array.from({ length: 2 * cpus().length }, begin);
  const taken = await Promise.all(many.map(cpuOf));
  assert.deepEqual(
    taken.toSorted((a, b) => a - b),
    [...cpus(), ...cpus()].toSorted((a, b) => a - b),
  );
  const ends = many.map((child) => once(child, 'close'));
  for (const { stdin } of many) stdin?.end();
  await Promise.all(ends);
  const next = begin();
  assert.equal(await cpuOf(next), cpus()[0]);
  next.stdin?.end();
});
