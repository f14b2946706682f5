/** Asks tc about the devices that have hfsc at their root; on most hosts there are none, and tc is not started. */
import type { LinkReport } from '@patchbay/protocol';
import { tcBatch } from '../execute/tc-batch.ts';
import { parseShaping } from './shaping.ts';

/** Completes the reports in place. */
export async function addShaping(
  links: readonly LinkReport[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const shaped = links.filter(({ qdisc }) => qdisc === 'hfsc');
  if (shaped.length > 0) await read(shaped, environment);
}

async function read(links: readonly LinkReport[], environment: Readonly<Record<string, string>>): Promise<void> {
  const questions = links.flatMap(({ name }) => ['qdisc', 'class', 'filter'].map((what) => `${what} show dev ${name}`));
  const answer = await tcBatch(questions, environment);
  const shapings = answer.ok ? parseShaping(answer.output) : [];
  if (shapings.length !== links.length) {
    // One of them changed meanwhile, and nobody can tell whose answer is whose.
    if (links.length > 1) for (const link of links) await read([link], environment);
    return;
  }
  for (const [at, link] of links.entries()) {
    const shaping = shapings[at] ?? null;
    if (shaping !== null) link.shaping = shaping;
  }
}
