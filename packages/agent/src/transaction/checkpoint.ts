/**
 * Named points of a transaction at which a test may kill the process. An agent that nobody tests finds no file and runs on.
 *
 * `<state>/kill-at` holding a number N: the N-th point of the next transaction is appended to `<state>/killed-at`, the order
 * is removed, and the process kills itself. Holding `count`: the names of all points of the next transaction are left in
 * `<state>/kill-points`.
 */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

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
      if (text === null || seen.length !== Number(text)) return;
      appendFileSync(`${stateDirectory}/killed-at`, `${name}\n`);
      rmSync(path);
      process.kill(process.pid, 'SIGKILL');
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

function readOrder(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
