/** The guard on a kernel that is the file `kernel` beside the state directory. */
import { killFile } from '../../transaction/checkpoint.ts';
import { FileKernel, openFileRestorer } from '../../transaction/testing.ts';
import { writeOut } from '../../write-out.ts';
import { keepWatch } from '../keep-watch.ts';

await keepWatch(process.cwd(), async (stateDirectory) => {
  const kernel = new FileKernel(`${stateDirectory}/../kernel`);
  const parts = await openFileRestorer(stateDirectory, kernel, killFile(stateDirectory, 'guard-kill-at'));
  return { ...parts, log: (...said: unknown[]) => writeOut(`${JSON.stringify(said)}\n`) };
});
process.exit(0);
