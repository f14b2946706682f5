/** One call of ethtool per operation; it takes all values of a section at once. */
import type { KernelOp } from '@patchbay/protocol';
import { ethtoolFlags } from '../observe/ethtool.ts';
import { word } from './ip-line.ts';
import { run } from './spawn.ts';

type Op = Extract<KernelOp, { kind: 'ethtool.set' }>;

/** Milliseconds; a change of rings may have the link come up anew. */
const LIMIT = 30_000;

/** @throws when a word is none that ethtool takes */
export function ethtoolWords({ device, section, values }: Op): string[] {
  const pairs = Object.entries(values).flatMap(([name, value]) => [word('setting', name), word('setting', value)]);
  return [ethtoolFlags[section].set, word('device', device), ...pairs];
}

/** @throws with ethtool's words when it is refused */
export async function setEthtool(op: Op, environment: Readonly<Record<string, string>>): Promise<void> {
  const { status, stderr } = await run('ethtool', ethtoolWords(op), LIMIT, environment);
  if (status !== 0) throw new Error(stderr.trim().replaceAll('\n', ' ') || `ethtool ended with status ${status}`);
}
