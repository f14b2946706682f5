/** Of an environment, what a host joins by. */
const VARIABLE = 'PATCHBAY_TOKEN';

/**
 * Takes the join token out of the environment, where, unlike arguments, nobody but the agent's own user can read it, and which
 * the programs that the agent starts get as it is then.
 * @returns undefined where there is none, or nothing in it
 */
export function takeJoinToken(environment: Record<string, string | undefined>): string | undefined {
  const token = environment[VARIABLE];
  delete environment[VARIABLE];
  return token || undefined;
}
