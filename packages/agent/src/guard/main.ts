/** `guard.mjs --state DIR`, started by an agent, which it finds on file descriptor 3. Its output goes to the guards' log. */
import { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import type { Log } from '../transaction/parts.ts';
import { openRestorer } from '../transaction/restorer.ts';
import { Guard } from './guard.ts';

const { values } = parseArgs({ options: { state: { type: 'string' } } });
if (values.state === undefined) throw new Error('usage: guard.mjs --state DIR');

const log: Log = (level, message, facts = {}) => {
  process.stdout.write(`${JSON.stringify({ time: Date.now(), pid: process.pid, level, msg: message, ...facts })}\n`);
};
const guard = new Guard(await openRestorer(values.state, 'guard-kill-at', log), () => process.exit(0));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  // While a transaction depends on it, a guard is only ended by its end.
  process.on(signal, () => {
    if (!guard.armed) process.exit(0);
  });
}
guard.serve(new Socket({ fd: 3, readable: true, writable: true }));
