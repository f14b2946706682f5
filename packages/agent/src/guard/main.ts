/**
 * `guard.mjs`, started in a folder of its own, from the copy of the program that lies there: an agent that is replaced by another
 * version does not replace its guard on the way. Waits there for its transaction, and ends with 0 when there is nothing left to guard.
 */
import { boundedDisk } from '../persist/bounded-disk.ts';
import { type Disk, realDisk } from '../persist/disk.ts';
import { threadDisk } from '../persist/thread-disk.ts';
import { TurningDisk } from '../persist/turning-disk.ts';
import type { Log } from '../transaction/parts.ts';
import { openRestorer } from '../transaction/restorer.ts';
import { OutputBehind } from '../write-out.ts';
import { keepWatch } from './keep-watch.ts';

/** Milliseconds in the end for what it has said to be written. */
const LAST_WORDS = 1_000;

const output = new OutputBehind();
const log: Log = (level, message, facts = {}) => {
  output.write(`${JSON.stringify({ time: Date.now(), pid: process.pid, level, msg: message, ...facts })}\n`);
};
const disk = new TurningDisk(realDisk, boundedDisk(threadDisk));
// It may just be coming back then, so these writes are waited for: without them a step has failed, and the revert with it.
const later: Disk = { ...threadDisk, read: (path) => disk.read(path), list: (path) => disk.list(path) };
await keepWatch(process.cwd(), disk, (stateDirectory) =>
  openRestorer(stateDirectory, 'guard-kill-at', log, disk, later),
);
await output.written(LAST_WORDS);
process.exit(0);
