/** A guard that does not get a change taken back. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScarceDisk } from '../persist/disk-for-tests.ts';
import { Journal, type WayToEngine } from '../persist/journal.ts';
import { planFor } from '../plan/plan-for.ts';
import type { Restorer } from '../transaction/parts.ts';
import { applyRequest, deadProcess, FileKernel, openFileRestorer, richConfig } from '../transaction/testing.ts';
import { longestTakingBack } from './budgets.ts';
import { Guard } from './guard.ts';
import { firstFailure } from './testing/first-failure.ts';

const HOUR = 3_600_000;

async function guarded(part: Partial<Restorer>, rescueReboot: boolean, way: WayToEngine | null = null) {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const watchdog = join(folder, 'watchdog');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const restorer = await openFileRestorer(state, kernel);
  const snapshot = { state: await kernel.observe(), files: [] };
  const planned = planFor(snapshot.state, richConfig);
  assert.ok(planned.ok);
  const disk = new ScarceDisk();
  const journal = await Journal.create(disk, state, applyRequest(), snapshot, planned.value, {
    ...{ request: 'hash', bootId: restorer.self.bootId, agent: deadProcess, management: null, way, until: null },
    ...{ confirmTimeout: 200, deadline: null, rescueReboot, watchdog, timings: {}, failure: null },
  });
  await journal.mark('APPLYING');
  let reboots = 0;
  const reboot = async () => {
    reboots += 1;
  };
  const home = process.cwd();
  const guard = await Guard.start({ ...restorer, disk, reboot, ...part }, journal);
  process.chdir(home);
  return { guard, disk, journal, signs: () => readFileSync(watchdog, 'utf8'), reboots: () => reboots };
}

for (const rescueReboot of [true, false]) {
  test(`a taking back that never ends: the watchdog is let go${rescueReboot ? ', and the host restarts' : ''}`, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    let tell: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      tell = resolve;
    });
    let goOn: () => void = () => {};
    const endStrays = () => {
      tell();
      return new Promise<void>((resolve) => {
        goOn = resolve;
      });
    };
    const { guard, signs, reboots } = await guarded({ endStrays }, rescueReboot);
    t.mock.timers.tick(100);
    await begun;
    const limit = longestTakingBack({ way: null });
    t.mock.timers.tick(limit - 1000);
    assert.ok(signs().length > limit / 10_000);
    assert.equal(reboots(), 0);
    t.mock.timers.tick(1000);
    assert.equal(reboots(), rescueReboot ? 1 : 0);
    const last = signs();
    t.mock.timers.tick(HOUR);
    assert.equal(signs(), last);
    assert.doesNotMatch(last, /V/);
    // Should it come to an end after all, the watchdog is called off.
    goOn();
    await guard.ended;
    assert.equal(signs().at(-1), 'V');
  });
}

test('a host that is back is not restarted because its disk takes no word of that', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const { log, failed } = firstFailure();
  const { guard, disk, signs, reboots } = await guarded({ log }, true);
  disk.makeReadOnly();
  t.mock.timers.tick(100);
  await failed;
  disk.mend();
  t.mock.timers.tick(HOUR);
  await guard.ended;
  assert.equal(reboots(), 0);
  assert.equal(signs().at(-1), 'V');
});

test('a host that cannot be reached is restarted although its disk takes no word of that', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const { log, failed } = firstFailure();
  // An address that no device has.
  const way = {
    local: '192.0.2.9',
    remote: '192.0.2.1',
    device: 'eth0',
    neighbour: null,
    patience: 0,
    northbound: null,
  };
  const { guard, disk, reboots } = await guarded({ log }, true, way);
  disk.makeReadOnly();
  t.mock.timers.tick(100);
  await failed;
  assert.equal(reboots(), 1);
  disk.mend();
  t.mock.timers.tick(HOUR);
  await guard.ended;
});
