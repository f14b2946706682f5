/** The dependency rule is checked by planting a violation: a rule that reads nothing passes everything. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

const planted = 'packages/model/src/planted-violation.ts';

function cruise(): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'packages'],
    { encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}

test('the packages import only what they may', () => {
  const { status, output } = cruise();
  assert.equal(status, 0, output);
  const modules = Number(/(\d+) modules/.exec(output)?.[1]);
  assert.ok(modules > 200, `only ${modules} modules were read`);
});

test('a planted violation is reported', () => {
  writeFileSync(
    planted,
    "import { readFileSync } from 'node:fs';\nexport * from '@patchbay/engine';\nexport { readFileSync };\n",
  );
  try {
    const { status, output } = cruise();
    assert.notEqual(status, 0);
    assert.match(output, /model-imports.*planted-violation/);
    assert.match(output, /pure-packages.*planted-violation/);
  } finally {
    rmSync(planted);
  }
});
