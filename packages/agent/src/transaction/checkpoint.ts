/**
 * Named points of a transaction at which a test may kill processes. An agent that nobody tests finds no file and runs on.
 *
 * `<state>/kill-at` holding a number N: the N-th point of the next transaction is appended to `<state>/killed-at`, the order
 * is removed, and the process kills itself. A word after the number says otherwise: `guard` kills the guard alone, `both` the guard
 * and then the process itself, `freeze` stops it for ever, until somebody cuts the power. Holding `count`: the names of all points
 * of the next transaction are left in `<state>/kill-points`.
 */
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive, kill, type ProcessId } from '../persist/process-id.ts';

export interface Checkpoints {
  /** A transaction begins. */
  begin(): void;
  /** Everything before this point is done and durable, nothing after it has begun. */
  reach(name: string): Promise<void>;
  /** The transaction has ended. */
  end(): void;
}

export const noCheckpoints: Checkpoints = { begin() {}, reach: async () => {}, end() {} };

/** @param order name of the file with the order: `kill-at` for the agent, `guard-kill-at` for its guard */
export function killFile(stateDirectory: string, order: 'kill-at' | 'guard-kill-at'): Checkpoints {
  const path = `${stateDirectory}/${order}`;
  let seen: string[] = [];
  let text: string | null = null;
  return {
    begin() {
      seen = [];
      text = readOrder(path);
    },
    async reach(name) {
      seen.push(name);
      const [at, victim = 'self'] = (text ?? '').split(' ');
      if (text === null || seen.length !== Number(at)) return;
      text = null;
      rmSync(path);
      appendFileSync(`${stateDirectory}/killed-at`, `${name}\n`);
      if (victim === 'guard' || victim === 'both') await killGuards(stateDirectory);
      if (victim === 'guard') return;
      process.kill(process.pid, victim === 'freeze' ? 'SIGSTOP' : 'SIGKILL');
      await new Promise<never>(() => {});
    },
    end() {
      if (text !== 'count') return;
      writeFileSync(`${stateDirectory}/kill-points`, JSON.stringify(seen));
      rmSync(path, { force: true });
      text = null;
    },
  };
}

async function killGuards(stateDirectory: string): Promise<void> {
  const folders = readdirSync(`${stateDirectory}/txn`).map((id) => `${stateDirectory}/txn/${id}/guard`);
  for (const guard of folders.flatMap(claimants)) {
    kill(guard);
    while (isAlive(guard)) await new Promise((resolve) => setImmediate(resolve));
  }
}

function claimants(folder: string): ProcessId[] {
  try {
    return readdirSync(folder).map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as ProcessId);
  } catch {
    return [];
  }
}

function readOrder(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
