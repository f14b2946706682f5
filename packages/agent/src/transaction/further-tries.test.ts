import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { planFor } from '../plan/plan-for.ts';
import { bootRestore } from './boot-restore.ts';
import { FurtherTries } from './further-tries.ts';
import { FileKernel, openTrial, richConfig } from './testing.ts';

/** A host after a boot in which its resolver did not answer. */
async function hostWithoutResolver() {
  const path = join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'kernel');
  FileKernel.create(path);
  const host = { answers: false, asked: 0 };
  const kernel = new FileKernel(path, ({ kind }) => {
    if (kind === 'dns.set') host.asked += 1;
    return kind === 'dns.set' && !host.answers;
  });
  const { parts } = await openTrial(`${path}.state`, kernel);
  await parts.documents.setCommitted(richConfig);
  assert.match((await bootRestore(parts)) ?? '', /dns\.set/);
  return { host, kernel, parts, state: `${path}.state` };
}

test('what was refused during the boot is tried again by the agent that starts later', async () => {
  const { host, kernel, state } = await hostWithoutResolver();
  const { parts } = await openTrial(state, kernel);
  host.answers = true;
  await new FurtherTries(parts, () => false, [0, 0]).begin();
  const planned = planFor(await kernel.observe(), richConfig);
  assert.deepEqual(planned.ok && planned.value.ops, []);
  assert.deepEqual(await parts.documents.lacking(), []);
  const { asked } = host;
  await new FurtherTries(parts, () => false, [0, 0]).begin();
  assert.equal(host.asked, asked, 'and then no more');
});

test('what stays refused is given up in the end, and said', async () => {
  const { host, parts } = await hostWithoutResolver();
  const said: string[] = [];
  const log: typeof parts.log = (level, message) => said.push(`${level} ${message}`);
  host.asked = 0;
  await new FurtherTries({ ...parts, log }, () => false, [0, 0]).begin();
  assert.ok(host.asked > 0);
  assert.deepEqual(said, [
    'warn tried again what was lacking after a boot',
    'warn tried again what was lacking after a boot',
    'error not tried again before the next boot',
  ]);
});

test('a change is not disturbed, and an agent that stops makes no further try', async () => {
  const { host, parts } = await hostWithoutResolver();
  host.asked = 0;
  await new FurtherTries(parts, () => true, [0]).begin();
  const stopped = new FurtherTries(parts, () => false, [60_000]);
  const over = stopped.begin();
  stopped.close();
  await over;
  assert.equal(host.asked, 0);
});
