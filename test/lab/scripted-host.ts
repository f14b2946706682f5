/** A lab host with an agent that has no engine but a script: its processes are killed, its power is cut, and it says what became of it. */
import assert from 'node:assert/strict';
import type { Lab } from '@patchbay/lab';
import type { HostConfig } from '@patchbay/protocol';
import type { Said, Script } from '../../packages/agent/src/transaction/scripted/script.ts';
import { programsIn } from '../../packages/lab/src/guests/run-inside.ts';

export const stateDirectory = '/var/lib/patchbay';

/** What is killed at a point: the agent, its guard, both, or all of the host at once. */
export type Victim = 'agent' | 'guard' | 'both' | 'power';
export const victims: readonly Victim[] = ['agent', 'guard', 'both', 'power'];

/** The word for it in the file that orders a kill. */
export const order: Readonly<Record<Victim, string>> = { agent: 'self', guard: 'guard', both: 'both', power: 'freeze' };
const killed = 137;

export class ScriptedHost {
  readonly #lab: Lab;
  readonly #host: string;
  #transactions = 0;

  constructor(lab: Lab, host: string) {
    this.#lab = lab;
    this.#host = host;
  }

  /** A script for a transaction of its own. */
  script(config: HostConfig, part: Partial<Script> = {}): Script {
    this.#transactions += 1;
    const common = { engine: 'confirms', confirmTimeout: 20_000, checkConnectivity: true, commit: true } as const;
    return { transaction: `t${this.#transactions}`, config, stepwise: false, ...common, ...part };
  }

  /** Starts an agent and waits for its end. @returns what it says, null when it was killed */
  async agent(script: Script): Promise<Said | null> {
    await this.#lab.writeFile(this.#host, '/root/script.json', JSON.stringify(script));
    const { status, stdout, stderr } = await this.#lab.exec(this.#host, this.#command(), { timeout: 120_000 });
    if (status === killed) return null;
    assert.equal(status, 0, `the agent ended with ${status}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as Said;
  }

  /** As {@link agent}, which nobody kills. */
  async outcome(script: Script): Promise<Said> {
    const said = await this.agent(script);
    assert.ok(said !== null, 'the agent was killed');
    return said;
  }

  /** Names of all points of the script's transaction. */
  async points(script: Script): Promise<{ points: string[]; said: Said }> {
    await this.#lab.writeFile(this.#host, `${stateDirectory}/kill-at`, 'count');
    const said = await this.outcome(script);
    return { points: JSON.parse(await this.#lab.readFile(this.#host, `${stateDirectory}/kill-points`)), said };
  }

  /**
   * Runs the script up to its n-th point, from 1, where the victim dies. The power comes back, nothing else is started.
   * @param file of the order: for the agent's points, or those of a guard that reverts
   * @returns what the agent said, when it lived on
   */
  async killAt(script: Script, n: number, victim: Victim, file = 'kill-at'): Promise<Said | null> {
    await this.#lab.exec(this.#host, ['rm', '-f', `${stateDirectory}/killed-at`]);
    await this.#lab.writeFile(this.#host, `${stateDirectory}/${file}`, `${n} ${order[victim]}`);
    if (victim !== 'power') return this.agent(script);
    await this.#lab.writeFile(this.#host, '/root/script.json', JSON.stringify(script));
    // The frozen process is left behind; it ends with the power.
    const frozen = `until [ -e ${stateDirectory}/killed-at ]; do sleep 0.05; done`;
    const wait = ['sh', '-c', `"$@" >/dev/null 2>&1 & ${frozen}`, 'sh', ...this.#command()];
    const { status, stderr } = await this.#lab.exec(this.#host, wait, { timeout: 120_000 });
    assert.equal(status, 0, stderr);
    await this.reboot();
    return null;
  }

  async killedAt(): Promise<string> {
    return (await this.#lab.readFile(this.#host, `${stateDirectory}/killed-at`)).trim();
  }

  /** Resolves when a guard has brought a transaction to its end, while no agent lives. */
  async ended(transaction: string): Promise<void> {
    const record = `${stateDirectory}/txn/${transaction}/records`;
    const wait = `until grep -qE '"mark":"(REVERTED|REVERT_FAILED)"' ${record}; do sleep 0.05; done`;
    const { status, stderr } = await this.#lab.exec(this.#host, ['sh', '-c', wait], { timeout: 60_000 });
    assert.equal(status, 0, `no guard has ended ${transaction}: ${stderr}`);
  }

  async reboot(): Promise<void> {
    await this.#lab.reboot(this.#host);
  }

  async exec(...argv: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.#lab.exec(this.#host, argv, { timeout: 60_000 });
    assert.equal(status, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  async write(path: string, text: string): Promise<void> {
    await this.#lab.writeFile(this.#host, path, text);
  }

  #command(): string[] {
    const programs = programsIn(this.#lab);
    return [
      ...[process.execPath, `${programs}/agent.program.mjs`, '--state', stateDirectory],
      ...['--guard', `${programs}/guard.mjs`, '--script', '/root/script.json'],
    ];
  }
}
