/** The guard on a kernel that is a file: `guard.mjs --kernel FILE --state DIR`. */
import { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { killFile } from '../../transaction/checkpoint.ts';
import { FileKernel, openFileRestorer } from '../../transaction/testing.ts';
import { Guard } from '../guard.ts';

const { values } = parseArgs({ options: { state: { type: 'string' }, kernel: { type: 'string' } } });
const { state = '', kernel = '' } = values;
const parts = await openFileRestorer(state, new FileKernel(kernel), killFile(state, 'guard-kill-at'));
const guard = new Guard({ ...parts, log: (...said) => console.log(JSON.stringify(said)) }, () => process.exit(0));
guard.serve(new Socket({ fd: 3, readable: true, writable: true }));
