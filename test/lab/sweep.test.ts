/** The kill sweep has a boot of its own: it takes longer than everything else together. */
import { after, before, describe } from 'node:test';
import { killSweepSuite } from './kill-sweep.ts';
import { type System, startSystem } from './system.ts';
import { limit } from './whole.ts';

describe('kills on a real kernel', { timeout: limit }, () => {
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
