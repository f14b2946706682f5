/** Published clients, unmodified, against an engine with hosts in memory. A client that cannot be had here is skipped, and says why. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type System, startSystem } from '../api/system.ts';
import { browser } from './browser.ts';
import type { PublishedClient } from './client.ts';
import { type Result, writeCompatibility } from './compatibility.ts';
import { javaSdk } from './java.ts';
import { patchbay } from './patchbay.ts';
import { ansible, pythonSdk } from './python.ts';

const clients: PublishedClient[] = [pythonSdk, ansible, javaSdk, browser, patchbay];

describe('published clients', { timeout: 1_200_000 }, () => {
  const results: Result[] = [];
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-clients-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    writeCompatibility(results);
  });

  for (const [at, client] of clients.entries()) {
    test(client.name, async (t) => {
      const own = join(folder, String(at));
      try {
        await client.install(own);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        results.push({ client, outcomes: [] });
        t.skip(`It cannot be had here: ${reason}`);
        return;
      }
      const system: System = await startSystem(2);
      try {
        const outcomes = await client.run(own, { url: system.engine.url, password: 'secret' });
        results.push({ client, outcomes });
        assert.ok(outcomes.length > 0, 'it did nothing');
        for (const { operation, problem } of outcomes) {
          await t.test(operation, () => assert.equal(problem, null));
        }
      } finally {
        await system.stop();
      }
    });
  }
});
