import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { watchHost } from './watchdog.ts';

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
