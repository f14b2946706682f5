import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Calls } from './channel/calls.ts';
import type { Multiplexer } from './channel/multiplexer.ts';
import type { GuestMethods } from './contract.ts';
import type { Lab, Running } from './lab.ts';

/** What a started lab is reached by. */
export interface LabParts extends Pick<Lab, 'kind' | 'hosts' | 'folder' | 'stop'> {
  readonly link: Multiplexer;
  readonly guest: Calls<GuestMethods>;
}

/** The {@link Lab} whose labd answers on a link. */
export function remoteLab({ link, guest, ...own }: LabParts): Lab {
  const spawn: Lab['spawn'] = (host, argv, { env = {}, timeout = 0 } = {}): Running => {
    const stdio = link.open();
    const stderr = link.open();
    const answer = guest.call('exec', { host, argv, env, timeout, stdio: stdio.id, stderr: stderr.id });
    // Whether the command ran or was refused, nobody reads its input any more.
    const status = answer
      .then((result) => result.status)
      .catch((error: Error) => {
        stdio.destroy();
        stderr.destroy();
        throw error;
      })
      .finally(() => stdio.end());
    // Nothing goes to the command by this one.
    stderr.end();
    // A stream of its own: who reads it to its end or gives it up does not end the command's input with it.
    const stdout = stdio.pipe(new PassThrough());
    stdio.once('error', (error) => stdout.destroy(error));
    // A caller that killed the command may not look at its streams again.
    for (const stream of [stdio, stdout, stderr]) stream.on('error', () => {});
    return { stdin: stdio, stdout, stderr, status, kill: () => void stdio.destroy() };
  };
  return {
    ...own,
    spawn,
    exec: async (host, argv, { input = '', ...options } = {}) => {
      const running = spawn(host, argv, options);
      running.stdin.end(input);
      const output = Promise.all([text(running.stdout), text(running.stderr)]);
      // When the command was refused, the reason is in the status, not in streams that broke off.
      output.catch(() => {});
      const status = await running.status;
      const [stdout, stderr] = await output;
      return { status, stdout, stderr };
    },
    cable: (host, nic, state) => guest.call('cable', { host, nic, state }),
    lag: (host, nics) => guest.call('lag', { host, nics }),
    startAgent: (host, argv, env = {}) => guest.call('startAgent', { host, argv, env }),
    stopAgent: (host) => guest.call('stopAgent', { host }),
    killAgent: (host) => guest.call('killAgent', { host }),
    agentPid: (host) => guest.call('agentPid', { host }),
    readFile: (host, path) => guest.call('readFile', { host, path }),
    writeFile: (host, path, text) => guest.call('writeFile', { host, path, text }),
    reboot: (host) => guest.call('reboot', { host }),
    reset: (host) => guest.call('reset', { host }),
  };
}
