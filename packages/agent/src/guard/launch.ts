/** Who starts guards, and starts them again when they die before their transaction has ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { PROGRAM, TRANSACTION } from './lines.ts';

export interface Launched {
  /** Aborted when no guard will come. */
  failed: AbortSignal;
  /**
   * It has got its transaction: sees to it that one is started even if nobody starts it again.
   * @param latest milliseconds on the boot-time clock at which the transaction has surely ended
   */
  backUp(latest: number): Promise<void>;
  /** The transaction has ended: nothing is to be started for it any more. */
  over(): void;
}

export interface GuardLauncher {
  /** Starts the program that lies in the guard's folder, in that folder. @param name of the guard and its folder */
  launch(name: string, folder: string): Promise<Launched>;
}

/** How often a guard is started again at once, but for this pause in seconds. */
const SOON = { times: 50, pause: 0.1 };
/** Seconds to which the pauses grow after that, one by one. */
const LONGEST_PAUSE = 30;

/**
 * It ends with its guard, or when the guard's folder is gone. Where there is nothing to guard yet it gives up in the end, and whoever
 * waits hears of it; a change that is under way it leaves only when its journal is gone.
 */
const KEEPER = `
n=0
while [ -e ${PROGRAM} ]; do
  "$0" ${PROGRAM} && exit
  n=$((n + 1))
  late=$((n - ${SOON.times}))
  if [ $late -lt 0 ]; then sleep ${SOON.pause}
  elif [ ! -e ${TRANSACTION} ]; then exit 1
  elif [ $late -lt ${LONGEST_PAUSE} ]; then sleep $((late + 1))
  else sleep ${LONGEST_PAUSE}
  fi
done
`;

/**
 * Without a service manager: each guard is watched over by a shell of its own, in a session of its own. Both outlive the agent.
 * @param node the program that runs guards
 * @param logFile where guards write: they must not hold a pipe that dies with the agent
 */
export function keeperLauncher(node: string, logFile: string): GuardLauncher {
  return {
    async launch(_name, folder) {
      const failed = new AbortController();
      const log = openSync(logFile, 'a', 0o600);
      let keeper: ChildProcess;
      try {
        keeper = spawn('/bin/sh', ['-c', KEEPER, node], {
          detached: true,
          stdio: ['ignore', log, log],
          cwd: folder,
        });
      } finally {
        closeSync(log);
      }
      keeper.on('error', () => failed.abort());
      keeper.on('exit', () => failed.abort());
      keeper.unref();
      return { failed: failed.signal, async backUp() {}, over() {} };
    },
  };
}
