/** Where those who sent a change wait for its end, which arrives over whatever connection the host has by then. */
import type { TransactionResult } from '@patchbay/protocol';

export class Outcomes {
  readonly #sentHere = new Set<string>();
  readonly #waiting = new Map<string, (result: TransactionResult | null) => void>();

  /** @param timeout milliseconds @returns null when nothing arrived in time */
  wait(transaction: string, timeout: number): Promise<TransactionResult | null> {
    this.#sentHere.add(transaction);
    return new Promise((resolve) => {
      const end = (result: TransactionResult | null) => {
        clearTimeout(timer);
        this.#waiting.delete(transaction);
        resolve(result);
      };
      const timer = setTimeout(() => end(null), timeout);
      this.#waiting.set(transaction, end);
    });
  }

  /** Whether somebody here sent it and still waits. */
  awaited(transaction: string): boolean {
    return this.#waiting.has(transaction);
  }

  /** Whether this engine sent it, since it was started. */
  sentHere(transaction: string): boolean {
    return this.#sentHere.has(transaction);
  }

  /** @returns whether somebody was waiting for it */
  arrived(result: TransactionResult): boolean {
    this.#sentHere.delete(result.transaction);
    const end = this.#waiting.get(result.transaction);
    end?.(result);
    return end !== undefined;
  }

  /** Ends a wait without an outcome, because the change was never accepted. */
  give(transaction: string): void {
    this.#waiting.get(transaction)?.(null);
  }

  /** Ends every wait: this engine is about to stop. */
  giveAll(): void {
    for (const end of [...this.#waiting.values()]) end(null);
  }
}
