/** The dependency rule is checked by planting a violation: a rule that reads nothing passes everything. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

/** What must be reported of a module that imports everything it must not. */
const planted = {
  'packages/model/src/planted-violation.ts': ['model-imports', 'pure-packages'],
  'packages/client/src/planted-violation.ts': [
    ...['client-imports', 'client-runs-in-browsers', 'client-needs-nothing-of-node'],
  ],
};

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

for (const [file, rules] of Object.entries(planted)) {
  test(`a violation planted as ${file} is reported`, () => {
    writeFileSync(
      file,
      "import { readFileSync } from 'node:fs';\nexport * from '@patchbay/engine';\nexport * from '@patchbay/wire';\nexport { readFileSync };\n",
    );
    try {
      const { status, output } = cruise();
      assert.notEqual(status, 0);
      for (const rule of rules) assert.match(output, new RegExp(`${rule}.*planted-violation`));
    } finally {
      rmSync(file);
    }
  });
}
