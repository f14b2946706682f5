/** `tc -batch`: shaping is read and changed rarely, so the program ends with what it was asked. */
import type { BatchResult } from './ip-batch.ts';
import { messageOf } from './ip-batch.ts';
import { Child } from './spawn.ts';

/** Milliseconds for a batch; a class takes some tens of them in a guest. */
const LIMIT = 60_000;

/**
 * @param within words that run a program somewhere else; none for here
 * @returns all it said, or the index of the first line that the kernel refused
 */
export async function tcBatch(
  lines: readonly string[],
  environment: Readonly<Record<string, string>>,
  within: readonly string[] = [],
): Promise<{ ok: true; output: string } | Exclude<BatchResult, { ok: true }>> {
  const child = Child.of([...within, 'tc', '-batch', '-'], environment);
  child.write(`${lines.join('\n')}\n`);
  child.end();
  await child.hears(Number.POSITIVE_INFINITY, LIMIT);
  const { status, stderr, cut } = await child.ended;
  if (status === 0) return { ok: true, output: child.take() };
  const failed = /^Command failed -:(\d+)$/m.exec(stderr);
  const line = failed === null ? 0 : Number(failed[1]) - 1;
  return { ok: false, line, message: messageOf(stderr) || `tc ended with status ${status}`, cut };
}
