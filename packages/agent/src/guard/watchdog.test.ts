import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { watchdogFault, watchHost } from './watchdog.ts';

test('a watchdog hears of the host at least every ten seconds, until it is called off', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const device = join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'watchdog');
  const watchdog = watchHost(device);
  const heard = () => readFileSync(device, 'utf8').length;
  for (let before = heard(), turn = 0; turn < 5; turn += 1, before = heard()) {
    t.mock.timers.tick(10_000);
    assert.ok(heard() > before);
  }
  assert.ok(!readFileSync(device, 'utf8').includes('V'));
  watchdog.close();
  assert.equal(readFileSync(device, 'utf8').at(-1), 'V');
  const end = heard();
  t.mock.timers.tick(60_000);
  assert.equal(heard(), end);
});

test('a watchdog is there as a device, or as what the kernel says it has', () => {
  const root = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const found = (...devices: string[]) => devices.filter((device) => watchdogFault(device, root) === null);
  const devices = ['/dev/watchdog', '/dev/watchdog0', '/dev/watchdog1', '/dev/by-name'];
  assert.deepEqual(found(...devices), []);
  for (const path of ['/dev', '/sys/class/misc/watchdog', '/sys/class/watchdog/watchdog0']) {
    mkdirSync(root + path, { recursive: true });
  }
  writeFileSync(`${root}/dev/by-name`, '');
  assert.deepEqual(found(...devices), ['/dev/watchdog', '/dev/watchdog0', '/dev/by-name']);
  assert.match(watchdogFault('/dev/watchdog1', root) ?? '', /There is no watchdog \/dev\/watchdog1 on this host/);

  // It would go off once the change is over.
  const nowayout = (value: string) => writeFileSync(`${root}/sys/class/watchdog/watchdog0/nowayout`, `${value}\n`);
  nowayout('0');
  assert.deepEqual(found(...devices), ['/dev/watchdog', '/dev/watchdog0', '/dev/by-name']);
  nowayout('1');
  assert.deepEqual(found(...devices), ['/dev/by-name']);
  assert.match(watchdogFault('/dev/watchdog', root) ?? '', /cannot be called off/);
});
