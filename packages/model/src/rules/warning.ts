import type { Warning, WarningEvent } from '../violation.ts';
import { fill, type RuleDefinition } from './rule.ts';

/** Something worth an event that refuses nothing. */
export interface Advice<S> {
  id: string;
  event: WarningEvent;
  sentence: string;
  check(subject: S): Warning[];
}

type AdviceDefinition<S, T extends string> = Pick<RuleDefinition<S, T>, 'id' | 'sentence' | 'find'> & {
  event: WarningEvent;
};

/** Makes an advice of its row and its finder, as `defineRule` makes rules. */
export function defineAdvice<S, const T extends string>(definition: AdviceDefinition<S, T>): Advice<S> {
  const { id, event, sentence, find } = definition;
  return {
    id,
    event,
    sentence,
    check: (subject) => [...find(subject)].map(({ values }) => ({ rule: id, event, message: fill(sentence, values) })),
  };
}
