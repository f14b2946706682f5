/** Everything that needs a real kernel and the whole system, on one boot. */
import { after, before, describe } from 'node:test';
import { unpackLldpd } from '@patchbay/lab';
import { playAreas } from '../acceptance/area.ts';
import { areas } from '../acceptance/areas/index.ts';
import { labGround } from '../acceptance/lab-ground.ts';
import { cableCutSuite } from './cable-cut.ts';
import { managementMovesSuite } from './management-moves.ts';
import { seedSuite } from './seed.ts';
import { type System, startSystem } from './system.ts';

describe('on a real kernel', { timeout: 3_000_000 }, () => {
  let system: System;
  let lldpd: string;
  before(
    async () => {
      lldpd = await unpackLldpd();
      system = await startSystem(2, 0, { files: [lldpd] });
    },
    { timeout: 180_000 },
  );
  after(() => system?.stop());
  seedSuite(() => system);
  describe('acceptance', () => playAreas(areas, () => labGround(system, lldpd), 'lab'));
  cableCutSuite(() => system);
  managementMovesSuite(() => system);
});
