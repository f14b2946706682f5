/** `script/test soak 1000`: so many changes; few otherwise. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { soak } from './soak.ts';
import { type System, startSystem } from './system.ts';

const changes = Number(process.env['PATCHBAY_PLANS'] ?? 25);

describe('a long life of a host', { timeout: 180_000 + changes * 20_000 }, () => {
  let system: System;
  before(
    async () => {
      system = await startSystem(1);
    },
    { timeout: 180_000 },
  );
  after(() => system?.stop());

  test('leaves nothing behind, and engine and kernel agree', async (t) => {
    const tell = (line: string) => console.log(line);
    const result = await soak(system, changes, Number(process.env['PATCHBAY_SEED'] ?? 1), tell);
    t.diagnostic(JSON.stringify(result));
    assert.equal(result.changes, changes);
    // What a process gains while it warms up is not counted; what each change would keep is.
    const { early, late } = result.memory;
    assert.ok(late < early * 1.3 + 8000, `the agent grew from ${early} kB to ${late} kB`);
  });
});
