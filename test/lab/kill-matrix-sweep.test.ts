/** The kill matrix has a boot of its own, on a CPU beside that of the kill sweep. */
import { after, before, describe } from 'node:test';
import { type Lab, startLab } from '@patchbay/lab';
import { providePrograms } from '../../packages/lab/src/guests/run-inside.ts';
import { killMatrixSuite } from './kill-matrix.ts';
import { limit } from './whole.ts';

describe('kills without an engine', { timeout: limit }, () => {
  let lab: Lab;
  before(
    async () => {
      lab = await startLab({ hosts: 1 });
      await providePrograms(lab);
    },
    { timeout: 180_000 },
  );
  after(() => lab?.stop());
  killMatrixSuite(() => lab);
});
