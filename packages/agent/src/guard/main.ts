/**
 * `guard.mjs`, started in a folder of its own, from the copy of the program that lies there: an agent that is replaced by another
 * version does not replace its guard on the way. Waits there for its transaction, and ends with 0 when there is nothing left to guard.
 */
import { threadDisk } from '../persist/thread-disk.ts';
import type { Log } from '../transaction/parts.ts';
import { openRestorer } from '../transaction/restorer.ts';
import { writeOut } from '../write-out.ts';
import { keepWatch } from './keep-watch.ts';

const log: Log = (level, message, facts = {}) => {
  writeOut(`${JSON.stringify({ time: Date.now(), pid: process.pid, level, msg: message, ...facts })}\n`);
};
await keepWatch(process.cwd(), threadDisk, (stateDirectory, disk) =>
  openRestorer(stateDirectory, 'guard-kill-at', log, disk),
);
process.exit(0);
