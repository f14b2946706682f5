/**
 * Runs every test of a real kernel, `packages/…/x.lab.test.ts`, on a lab host with an empty disk; with `PATCHBAY_INSIDE` only the
 * files whose path holds that text, or one of several between commas.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { beside } from './bundle.ts';
import type { Lab } from './lab.ts';
import { unpackLldpd } from './lldpd.ts';
import { unpackManagers } from './managers.ts';
import { providePrograms, runInside } from './run-inside.ts';
import { startLab } from './start.ts';
import { testsOf } from './tap.ts';

const possible = process.platform === 'linux' && process.getuid?.() === 0;
const packages = beside('../../..');
const files = readdirSync(packages, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.lab.test.ts') && !path.includes('node_modules'))
  .filter((path) => (process.env['PATCHBAY_INSIDE'] ?? '').split(',').some((text) => path.includes(text)))
  .map((path) => join(packages, path));

/** One for each CPU, since a guest is tied to one: what a test says of time is as if it ran alone. */
const guests = Math.min(availableParallelism(), files.length);
/** Milliseconds that one file may take. */
const limit = 600_000;

const suite = { skip: possible ? false : 'needs root on Linux', concurrency: guests, timeout: 2_700_000 };
describe('on a real kernel', suite, () => {
  const idle: Lab[] = [];
  let programs: Record<string, string>;
  before(async () => {
    programs = { PATCHBAY_MANAGERS: await unpackManagers(), PATCHBAY_LLDPD: await unpackLldpd() };
    // One after the other: each looks for the CPU that the others leave free.
    while (idle.length < guests) {
      const lab = await startLab({ hosts: 1, files: Object.values(programs) });
      idle.push(lab);
      await providePrograms(lab);
    }
  });
  after(() => Promise.all(idle.map((lab) => lab.stop())));

  for (const file of files) {
    test(basename(file), async (t) => {
      const lab = idle.shift();
      assert.ok(lab !== undefined);
      try {
        await testOn(lab, file, t);
        await lab.reset('host1');
      } finally {
        idle.push(lab);
      }
    });
  }

  async function testOn(lab: Lab, file: string, t: TestContext): Promise<void> {
    let tap = '';
    const complaints: string[] = [];
    const io = {
      out: (text: string) => {
        tap += text;
      },
      err: (text: string) => complaints.push(text),
    };
    const status = await runInside(lab, 'host1', file, [], io, { env: programs, timeout: limit });
    const tests = testsOf(tap);
    for (const { title, result, detail } of tests) {
      await t.test(title, { skip: result === 'skipped' }, () => assert.equal(result, 'passed', detail));
    }
    assert.equal(status, 0, [...complaints, tap].join('\n'));
    assert.ok(
      tests.some(({ result }) => result !== 'skipped'),
      tap,
    );
  }
});
