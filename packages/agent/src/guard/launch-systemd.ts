/** Guards as units of systemd: each is an instance of `patchbay-guard@.service`, and is started again when it dies. */
import { run } from '../execute/spawn.ts';
import { bootTime } from '../transaction/boot-clock.ts';
import type { GuardLauncher } from './launch.ts';
import { PROGRAM } from './lines.ts';

/** Milliseconds for one call of a program of systemd. */
const LIMIT = 20_000;
/** Seconds to the second trigger beyond the end of the transaction's latest moment. */
const MARGIN = 5;

const guardUnit = (transaction: string): string => `patchbay-guard@${transaction}.service`;
/** The second, dumb trigger: a timer that starts the program once more, whatever has become of the unit. */
const lateUnit = (transaction: string): string => `patchbay-late-${transaction}`;

/** It is gone with the folder, if it comes too late. */
const LATE = `[ ! -e ${PROGRAM} ] || exec "$0" ${PROGRAM}`;

/** @param node the program that runs guards */
export function systemdLauncher(node: string): GuardLauncher {
  return {
    async launch(transaction, folder, latest) {
      const seconds = Math.ceil((latest - bootTime()) / 1000) + MARGIN;
      await call('systemd-run', [
        ...['--quiet', '--collect', `--unit=${lateUnit(transaction)}`, `--on-active=${seconds}`],
        ...['--timer-property=AccuracySec=1s', `--working-directory=${folder}`, '--property=Type=exec'],
        ...['--', '/bin/sh', '-c', LATE, node],
      ]);
      await call('systemctl', ['start', '--no-block', guardUnit(transaction)]);
      return {
        failed: new AbortController().signal,
        over() {
          // The timer does no harm when it fires after all.
          void run('systemctl', ['stop', '--no-block', `${lateUnit(transaction)}.timer`], LIMIT);
        },
      };
    },
  };
}

async function call(program: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await run(program, args, LIMIT);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.trim() || `status ${status}`}`);
}
