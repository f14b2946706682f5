/**
 * Runs every test of a real kernel, `packages/…/x.lab.test.ts`, on a lab host of its own; with `PATCHBAY_INSIDE` only the files
 * whose path holds that text, or one of several between commas.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
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

describe('on a real kernel', { skip: possible ? false : 'needs root on Linux', timeout: 2_700_000 }, () => {
  let lab: Lab;
  let programs: Record<string, string>;
  before(async () => {
    programs = { PATCHBAY_MANAGERS: await unpackManagers(), PATCHBAY_LLDPD: await unpackLldpd() };
    lab = await startLab({ hosts: files.length, files: Object.values(programs) });
    await providePrograms(lab);
  });
  after(() => lab.stop());

  files.forEach((file, index) => {
    test(basename(file), async (t) => {
      let tap = '';
      const complaints: string[] = [];
      const io = {
        out: (text: string) => {
          tap += text;
        },
        err: (text: string) => complaints.push(text),
      };
      const status = await runInside(lab, `host${index + 1}`, file, [], io, programs);
      const tests = testsOf(tap);
      for (const { title, result, detail } of tests) {
        await t.test(title, { skip: result === 'skipped' }, () => assert.equal(result, 'passed', detail));
      }
      assert.equal(status, 0, [...complaints, tap].join('\n'));
      assert.ok(
        tests.some(({ result }) => result !== 'skipped'),
        tap,
      );
    });
  });
});
