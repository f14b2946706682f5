/** One network change or refresh at a time per host; others wait their turn, but not for ever (rules 2.5, HOST-03). */

export interface LockTimeout {
  waited: number;
}

export class HostLocks {
  readonly #queues = new Map<string, (() => void)[]>();

  busy(hostId: string): boolean {
    return this.#queues.has(hostId);
  }

  /**
   * Runs `work` while holding the host's lock.
   * @param patience milliseconds to wait for the lock
   * @returns null when the lock was not free in time; `work` has not run then
   */
  async hold<T>(hostId: string, patience: number, work: () => Promise<T>): Promise<{ value: T } | null> {
    if (!(await this.#take(hostId, patience))) return null;
    try {
      return { value: await work() };
    } finally {
      this.#release(hostId);
    }
  }

  #take(hostId: string, patience: number): Promise<boolean> {
    const queue = this.#queues.get(hostId);
    if (queue === undefined) {
      this.#queues.set(hostId, []);
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const turn = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(turn), 1);
        resolve(false);
      }, patience);
      queue.push(turn);
    });
  }

  #release(hostId: string): void {
    const next = this.#queues.get(hostId)?.shift();
    if (next === undefined) this.#queues.delete(hostId);
    else next();
  }
}
