import assert from 'node:assert/strict';
import { test } from 'node:test';
import { optionsInMode } from './in-mode.ts';

test('what a kernel shows of another mode is left out, what nobody here knows is not', () => {
  const shown = { mode: '1', miimon: '100', lacp_rate: 'slow', primary: 'eth1', colour: 'red' };
  assert.deepEqual(optionsInMode(shown), { mode: '1', miimon: '100', primary: 'eth1', colour: 'red' });
  assert.deepEqual(optionsInMode({ ...shown, mode: '802.3ad' }), {
    ...{ mode: '802.3ad', miimon: '100', lacp_rate: 'slow', colour: 'red' },
  });
});
