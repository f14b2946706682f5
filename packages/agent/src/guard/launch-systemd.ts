/** Guards as units of systemd: each is an instance of `patchbay-guard@.service`, and is started again when it dies. */
import { run } from '../execute/spawn.ts';
import { bootTime } from '../transaction/boot-clock.ts';
import type { GuardLauncher } from './launch.ts';
import { PROGRAM } from './lines.ts';

/** Milliseconds for one call of a program of systemd. */
const LIMIT = 20_000;
/** Seconds to the second trigger beyond the end of the transaction's latest moment. */
const MARGIN = 5;

const guardUnit = (name: string): string => `patchbay-guard@${name}.service`;
/** The second, dumb trigger: a timer that starts the program once more, whatever has become of the unit. */
const lateUnit = (name: string): string => `patchbay-late-${name}`;

/** It is gone with the folder, if it comes too late. */
const LATE = `[ ! -e ${PROGRAM} ] || exec "$0" ${PROGRAM}`;

/** @param node the program that runs guards */
export function systemdLauncher(node: string): GuardLauncher {
  return {
    async launch(name, folder) {
      await call('systemctl', ['start', '--no-block', guardUnit(name)]);
      return {
        failed: new AbortController().signal,
        async backUp(latest) {
          const seconds = Math.ceil((latest - bootTime()) / 1000) + MARGIN;
          await call('systemd-run', [
            ...['--quiet', '--collect', `--unit=${lateUnit(name)}`, `--on-active=${seconds}`],
            ...['--timer-property=AccuracySec=1s', `--working-directory=${folder}`, '--property=Type=exec'],
            ...['--', '/bin/sh', '-c', LATE, node],
          ]);
        },
        over() {
          // The timer does no harm when it fires after all.
          void run('systemctl', ['stop', '--no-block', `${lateUnit(name)}.timer`], LIMIT);
        },
      };
    },
  };
}

async function call(program: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await run(program, args, LIMIT);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.trim() || `status ${status}`}`);
}
