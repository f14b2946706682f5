/** The guard on a kernel that is the file `kernel` beside the state directory. */
import { killFile } from '../../transaction/checkpoint.ts';
import { FileKernel, openFileRestorer } from '../../transaction/testing.ts';
import { keepWatch } from '../keep-watch.ts';

await keepWatch(process.cwd(), async (stateDirectory) => {
  const kernel = new FileKernel(`${stateDirectory}/../kernel`);
  const parts = await openFileRestorer(stateDirectory, kernel, killFile(stateDirectory, 'guard-kill-at'));
  return { ...parts, log: (...said: unknown[]) => console.log(JSON.stringify(said)) };
});
process.exit(0);
