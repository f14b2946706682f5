/** What the engine said beside an answer. Answers themselves are plain data, exactly what the API sent. */

export interface About {
  /** HTTP status. */
  readonly status: number;
  /** Names the operation in events and jobs: the one given, or the engine's own. */
  readonly correlationId: string | undefined;
  /** The job that carries out, or carries to the hosts, what was asked for. */
  readonly jobId: string | undefined;
}

const known = new WeakMap<object, About>();

export function remember<T extends object>(answer: T, about: About): T {
  known.set(answer, about);
  return answer;
}

/** @param answer as a call returned it, not a copy @returns undefined for everything else */
export const about = (answer: object): About | undefined => known.get(answer);
