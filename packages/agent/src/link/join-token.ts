/** Of an environment, what a host joins by. */
const VARIABLE = 'PATCHBAY_TOKEN';

/**
 * Takes the join token out of the environment, where, unlike arguments, nobody but the agent's own user can read it, and which
 * the programs that the agent starts get as it is then. It counts before that of the arguments: one that is still there was left
 * by whoever set the host up when that was the only place.
 * @param argument the join token that the arguments have, if any
 * @returns that of the environment; the argument where there is none, or nothing in it
 */
export function takeJoinToken(
  environment: Record<string, string | undefined>,
  argument: string | undefined,
): string | undefined {
  const token = environment[VARIABLE];
  delete environment[VARIABLE];
  return token || argument;
}
