import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Host } from './host.ts';
import { eachLine } from './lines.ts';
import { ended } from './run.ts';

/** Where a host keeps what its agent printed. */
export const agentLog = '/var/log/patchbay-agent.log';
/** Pause before an agent that died is started again: the default `RestartSec` of systemd. */
const restartAfter = 100;

interface Service {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Keeps one agent running in a host as a service manager would. What the agent starts detached is left alone. */
export class AgentService {
  readonly #host: Host;
  readonly #log: (line: string) => void;
  #child: ChildProcess | undefined;
  #wanted: Service | undefined;

  constructor(host: Host, log: (line: string) => void) {
    this.#host = host;
    this.#log = log;
  }

  async start(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
    await this.stop();
    await mkdir(dirname(this.#host.path(agentLog)), { recursive: true });
    this.#wanted = { argv, env };
    this.#spawn();
  }

  /** SIGTERM, and no new start. */
  async stop(): Promise<void> {
    this.#wanted = undefined;
    const child = this.#child;
    const pids = await this.#pids();
    if (child === undefined || pids === undefined) return;
    const gone = ended(child);
    process.kill(pids.here, 'SIGTERM');
    await gone;
  }

  /**
   * The host is about to lose its power: no new start. Gives what was running, as a boot would start it again. What entered the host
   * for an agent stops when the agent does, would never see its end, and the host could not go before that was seen.
   */
  powerCut(): Service | undefined {
    const wanted = this.#wanted;
    this.#child?.kill('SIGKILL');
    this.#wanted = undefined;
    this.#child = undefined;
    return wanted;
  }

  /** SIGKILL, and its end; it is started again. */
  async kill(): Promise<void> {
    const child = this.#child;
    const pids = await this.#pids();
    if (child === undefined || pids === undefined) throw new Error(`no agent runs on ${this.#host.name}`);
    const gone = ended(child);
    process.kill(pids.here, 'SIGKILL');
    await gone;
  }

  /** Pid of the agent as its host sees it; null when none runs. */
  async pid(): Promise<number | null> {
    return (await this.#pids())?.inside ?? null;
  }

  #spawn(): void {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    const [program = '', ...args] = [...this.#host.inside, ...wanted.argv];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...wanted.env } });
    this.#child = child;
    const file = createWriteStream(this.#host.path(agentLog), { flags: 'a' });
    file.on('error', (error) => this.#log(error.message));
    for (const stream of [child.stdout, child.stderr]) {
      eachLine(stream, (line) => {
        file.write(`${line}\n`);
        this.#log(line);
      });
    }
    child.once('close', () => file.end());
    void ended(child).then((status) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      if (this.#wanted !== wanted) return;
      this.#log(`agent ended with status ${status}`);
      setTimeout(() => {
        if (this.#wanted === wanted) this.#spawn();
      }, restartAfter);
    });
  }

  /**
   * The agent is the only child of the process that entered the host's namespaces for it; labd sees it by one pid
   * (`here`), its host by another.
   */
  async #pids(): Promise<{ here: number; inside: number } | undefined> {
    const parent = this.#child?.pid;
    if (parent === undefined) return undefined;
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '');
      if (/^PPid:\t(\d+)$/m.exec(status)?.[1] !== `${parent}`) continue;
      return { here: Number(entry), inside: Number(/^NSpid:.*\t(\d+)$/m.exec(status)?.[1]) };
    }
    return undefined;
  }
}
