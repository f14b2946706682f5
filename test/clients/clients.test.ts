/**
 * Published clients, unmodified, each against a new engine with new hosts: on a real kernel where this is root on Linux,
 * in memory elsewhere and in a quick run. A client that cannot be had here is skipped, and says why.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { browser } from './browser.ts';
import type { PublishedClient } from './client.ts';
import { type Result, writeCompatibility } from './compatibility.ts';
import { founding } from './founding.ts';
import { goSdk } from './go.ts';
import { type Ground, openGround } from './ground.ts';
import { javaSdk } from './java.ts';
import { openOutside } from './outside.ts';
import { patchbay } from './patchbay.ts';
import { ansible, pythonSdk } from './python.ts';
import { rubySdk } from './ruby.ts';

/** Those that take longest to get come last: all are got while the first ones run. */
const clients: PublishedClient[] = [browser, patchbay, javaSdk, pythonSdk, goSdk, ansible, rubySdk];

const quick = process.env['PATCHBAY_QUICK'] !== undefined;
const wired = !quick && process.platform === 'linux' && process.getuid?.() === 0;

describe('published clients', { timeout: 1_800_000 }, () => {
  const results: Result[] = [];
  const installed = new Map<PublishedClient, Promise<string | null>>();
  let folder = '';
  let ground: Ground;
  before(
    async () => {
      folder = mkdtempSync(join(tmpdir(), 'patchbay-clients-'));
      for (const [at, client] of clients.entries()) {
        const ready = client.install(join(folder, String(at))).then(
          () => null,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        installed.set(client, ready);
      }
      ground = await openGround(wired);
    },
    { timeout: 180_000 },
  );
  after(async () => {
    await ground?.stop();
    await Promise.all(installed.values());
    rmSync(folder, { recursive: true, force: true });
    if (wired) writeCompatibility(results);
  });

  let used = false;
  for (const [at, client] of clients.entries()) {
    test(client.name, async (t) => {
      const missing = await installed.get(client);
      if (missing !== null) {
        console.log(`Not run: ${client.name}, which cannot be had here: ${missing}`);
        results.push({ client, hosts: ground.hosts, outcomes: [] });
        t.skip(missing);
        return;
      }
      if (used) await ground.renew();
      used = true;
      const outside = await openOutside(ground);
      try {
        const target = { url: ground.api.url, password: 'secret', outside: outside.url };
        const outcomes = await client.run(join(folder, String(at)), target);
        results.push({ client, hosts: ground.hosts, outcomes });
        assert.deepEqual([...outside.seen].sort(), Object.keys(founding).sort(), 'the founding operations, each seen');
        for (const { operation, problem, again } of outcomes) {
          await t.test(again ? `${operation}, again` : operation, () => assert.equal(problem, null));
        }
      } catch (error) {
        console.log(ground.said().slice(-30).join('\n'));
        throw error;
      } finally {
        await outside.close();
      }
    });
  }
});
