import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Counters, parseDevices, parseMemory, parseProcessors, readCounters } from './counters.ts';
import { Statistics } from './statistics.ts';

test('devices are read with the right direction, errors with what was dropped', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
eth1.7: 5000000000    7    1    2    0     0          0         0       30       3    4    5    0     0       0          0
 bond0:12 1 0 0 0 0 0 0 34 1 0 0 0 0 0 0`;
  assert.deepEqual(parseDevices(text), {
    lo: { rxBytes: 100, rxErrors: 0, txBytes: 100, txErrors: 0 },
    'eth1.7': { rxBytes: 5_000_000_000, rxErrors: 3, txBytes: 30, txErrors: 9 },
    bond0: { rxBytes: 12, rxErrors: 0, txBytes: 34, txErrors: 0 },
  });
});

test('memory and processors', () => {
  const memory = parseMemory(
    'MemTotal:  100 kB\nMemFree: 10 kB\nMemAvailable:   40 kB\nShmem: 1 kB\nSwapTotal: 0 kB\n',
  );
  assert.deepEqual(memory, { total: 102_400, free: 40_960, shared: 1024, swapTotal: 0, swapFree: 0 });
  assert.deepEqual(parseProcessors('cpu  10 1 5 100 20 2 3 0 0 0\ncpu0 1 2'), { user: 11, system: 10, idle: 120 });
  assert.equal(parseMemory(''), null);
  assert.equal(parseProcessors(''), null);
});

test('this machine can be read, and nothing is no trouble', { skip: process.platform !== 'linux' }, () => {
  const here = readCounters();
  assert.ok((here.memory?.total ?? 0) > 0);
  assert.ok((here.bootTime ?? 0) > 1_000_000_000);
  assert.deepEqual(readCounters('/nowhere').links, {});
});

test('rates come from what was kept, not from counters that began anew', () => {
  let at = 0;
  let counters = counting(1000, { user: 10, system: 10, idle: 80 });
  const statistics = new Statistics(
    () => counters,
    () => at,
  );
  assert.equal(statistics.now().links['eth1']?.rxRate, null, 'nothing to compare with');
  at = 2000;
  counters = counting(5000, { user: 60, system: 20, idle: 120 });
  assert.deepEqual(statistics.now().links['eth1'], { ...counters.links['eth1'], rxRate: 2000, txRate: 1000 });
  assert.deepEqual(statistics.now().cpu, { user: 50, system: 10, idle: 40 });
  statistics.keep();
  at = 2500;
  assert.equal(statistics.now().links['eth1']?.rxRate, 1600, 'half a second is too short, the reading before counts');
  at = 4000;
  counters = counting(10, { user: 60, system: 20, idle: 120 });
  assert.equal(statistics.now().links['eth1']?.rxRate, null);
  assert.equal(statistics.now().cpu, null);
  statistics.close();
});

function counting(rxBytes: number, cpu: Counters['cpu']): Counters {
  const links = { eth1: { rxBytes, txBytes: rxBytes / 2, rxErrors: 0, txErrors: 0 } };
  return { links, memory: null, cpu, load: null, bootTime: null, hugePages: [] };
}
