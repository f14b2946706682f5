/** Where those who sent a change wait for its end, which arrives over whatever connection the host has by then. */
import type { TransactionResult } from '@patchbay/protocol';

interface Wait {
  end(result: TransactionResult | null): void;
  /** @param timeout milliseconds from now */
  extend(timeout: number): void;
  sendAgain(): Promise<void>;
}

export class Outcomes {
  readonly #sentHere = new Set<string>();
  readonly #waiting = new Map<string, Wait>();

  /**
   * @param timeout milliseconds
   * @param sendAgain for a host that turns out not to have heard of it
   * @returns null when nothing arrived in time
   */
  wait(transaction: string, timeout: number, sendAgain: () => Promise<void>): Promise<TransactionResult | null> {
    this.#sentHere.add(transaction);
    return new Promise((resolve) => {
      const end = (result: TransactionResult | null) => {
        clearTimeout(timer);
        this.#waiting.delete(transaction);
        resolve(result);
      };
      let timer = setTimeout(() => end(null), timeout);
      const extend = (longer: number) => {
        clearTimeout(timer);
        timer = setTimeout(() => end(null), longer);
      };
      this.#waiting.set(transaction, { end, extend, sendAgain });
    });
  }

  /** Waits so many milliseconds from now, because the host has said how long it may take. */
  extend(transaction: string, timeout: number): void {
    this.#waiting.get(transaction)?.extend(timeout);
  }

  /** Has it sent once more by whoever sent it and still waits: a host does the same transaction once. @returns false when nobody waits */
  async sendAgain(transaction: string): Promise<boolean> {
    const wait = this.#waiting.get(transaction);
    await wait?.sendAgain();
    return wait !== undefined;
  }

  /** Whether this engine sent it, since it was started. */
  sentHere(transaction: string): boolean {
    return this.#sentHere.has(transaction);
  }

  /** @returns whether somebody was waiting for it */
  arrived(result: TransactionResult): boolean {
    this.#sentHere.delete(result.transaction);
    const wait = this.#waiting.get(result.transaction);
    wait?.end(result);
    return wait !== undefined;
  }

  /** Ends a wait without an outcome, because the change was never accepted. */
  give(transaction: string): void {
    this.#waiting.get(transaction)?.end(null);
  }

  /** Ends every wait: this engine is about to stop. */
  giveAll(): void {
    for (const { end } of [...this.#waiting.values()]) end(null);
  }
}
