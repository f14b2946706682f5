/** The guard on a kernel that is the file `kernel` beside the state directory. */
import { boundedDisk } from '../../persist/bounded-disk.ts';
import { realDisk } from '../../persist/disk.ts';
import { threadDisk } from '../../persist/thread-disk.ts';
import { TurningDisk } from '../../persist/turning-disk.ts';
import { killFile } from '../../transaction/checkpoint.ts';
import { FileKernel, openFileRestorer } from '../../transaction/testing.ts';
import { OutputBehind } from '../../write-out.ts';
import { keepWatch } from '../keep-watch.ts';

const output = new OutputBehind();
const disk = new TurningDisk(realDisk, boundedDisk(threadDisk));
await keepWatch(process.cwd(), disk, async (stateDirectory) => {
  const kernel = new FileKernel(`${stateDirectory}/../kernel`);
  const checkpoints = killFile(stateDirectory, 'guard-kill-at');
  const parts = await openFileRestorer(stateDirectory, kernel, checkpoints, disk);
  return { ...parts, log: (...said: unknown[]) => output.write(`${JSON.stringify(said)}\n`) };
});
await output.written(1_000);
process.exit(0);
