/** The kill sweep has a boot of its own: it takes longer than everything else together. */
import { after, before, describe } from 'node:test';
import { killSweepSuite } from './kill-sweep.ts';
import { type System, startSystem } from './system.ts';

describe('kills on a real kernel', { timeout: 3_000_000 }, () => {
  let system: System;
  before(
    async () => {
      system = await startSystem(2);
    },
    { timeout: 180_000 },
  );
  after(() => system?.stop());
  killSweepSuite(() => system);
});
