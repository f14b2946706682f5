/** Runs every test of a real kernel, `packages/…/x.lab.test.ts`, on a lab host of its own. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { beside } from './bundle.ts';
import type { Lab } from './lab.ts';
import { runInside } from './run-inside.ts';
import { startLab } from './start.ts';

const possible = process.platform === 'linux' && process.getuid?.() === 0;
const packages = beside('../../..');
const files = readdirSync(packages, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.lab.test.ts') && !path.includes('node_modules'))
  .map((path) => join(packages, path));

describe('on a real kernel', { skip: possible ? false : 'needs root on Linux', timeout: 900_000 }, () => {
  let lab: Lab;
  before(async () => {
    lab = await startLab({ hosts: files.length });
  });
  after(() => lab.stop());

  files.forEach((file, index) => {
    test(basename(file), async (t) => {
      let tap = '';
      const complaints: string[] = [];
      const status = await runInside(lab, `host${index + 1}`, file, [], {
        out: (text) => {
          tap += text;
        },
        err: (text) => complaints.push(text),
      });
      const failures = tap.split('\n').filter((line) => /^\s*not ok /.test(line));
      assert.equal(status, 0, [...failures, ...complaints, tap].join('\n'));
      const count = (word: string): number => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(tap)?.[1]);
      assert.ok(count('pass') > 0, tap);
      t.diagnostic(`${count('pass')} passed, ${count('skipped')} skipped`);
    });
  });
});
