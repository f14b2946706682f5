/** The kernel in memory against a real one: as many random plans as asked (`script/test differential 2000`), few otherwise. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Lab, runInside, startLab } from '@patchbay/lab';

const plans = Number(process.env['PATCHBAY_PLANS'] ?? 60);
const seed = process.env['PATCHBAY_SEED'];
const entry = fileURLToPath(new URL('../../packages/lab/src/kernel-in-memory/differential.ts', import.meta.url));

describe('random plans in both kernels', { timeout: 180_000 + plans * 5_000 }, () => {
  let lab: Lab;
  before(async () => {
    lab = await startLab({ hosts: 1 });
  });
  after(() => lab?.stop());

  test('end in equal reports', async (t) => {
    let text = '';
    const status = await runInside(lab, 'host1', entry, [String(plans), ...(seed === undefined ? [] : [seed])], {
      out: (piece) => {
        text += piece;
      },
      err: (piece) => {
        text += piece;
      },
    });
    assert.equal(status, 0, text);
    const counts = JSON.parse(text.trim().split('\n').at(-1) ?? '') as Record<string, number>;
    assert.equal(counts['plans'], plans);
    t.diagnostic(`${counts['plans']} plans, ${counts['operations']} operations, 0 differences, seed ${counts['seed']}`);
  });
});
