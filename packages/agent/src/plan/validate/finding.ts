/** The form in which a part of the validation answers. */
import type { AgentProblem, HostConfig, LinkReport } from '@patchbay/protocol';
import type { Offers } from '../../observe/offers.ts';

/** Why a host cannot look as configured; null when it can. */
export type Finding = AgentProblem | null;

/** What is judged, and what it is held against. */
export interface Case {
  links: ReadonlyMap<string, LinkReport>;
  offers: Offers;
  config: HostConfig;
  /** What the config is a part of, or the config itself: what stands for the rest is not removed. */
  whole: HostConfig;
}

export const problem = (code: AgentProblem['code'], message: string): AgentProblem => ({ code, message });

/** The first finding about one of the items. */
export function first<T>(items: Iterable<T>, check: (item: T) => Finding): Finding {
  for (const item of items) {
    const found = check(item);
    if (found !== null) return found;
  }
  return null;
}
