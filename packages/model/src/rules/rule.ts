import type { Violation } from '../violation.ts';

/** A rule: what it refuses, as a table row, and the function that finds it. `S` is what it looks at. */
export interface Rule<S> {
  id: string;
  key: string;
  status: Violation['status'];
  /** Pattern of the message, with `{slots}`. */
  sentence: string;
  check(subject: S): Violation[];
}

/** A rule as documents show it. */
export type RuleRow = Omit<Rule<unknown>, 'check'>;

/** Names between braces in a sentence. */
type Slot<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Slot<Rest> : never;

/** One thing found: what to put into the sentence, and where in the request it stands. */
export interface Finding<Name extends string> {
  values: Record<Name, string | number>;
  path: string | null;
  /** The label that brought it about, which the user may not have thought of (LBL-23). */
  label?: string | null;
}

export interface RuleDefinition<S, T extends string> {
  id: string;
  key: string;
  status: Violation['status'];
  sentence: T;
  find(subject: S): Iterable<Finding<Slot<T>>>;
}

/** Makes a rule of its row and its finder; the compiler holds the finder to the slots of the sentence. */
export function defineRule<S, const T extends string>(definition: RuleDefinition<S, T>): Rule<S> {
  const { id, key, status, sentence, find } = definition;
  return {
    id,
    key,
    status,
    sentence,
    check: (subject) =>
      [...find(subject)].map(({ values, path, label }) => {
        const message = fill(sentence, values);
        return { rule: id, key, status, path, message: label ? `${message} (through label ${label})` : message };
      }),
  };
}

/** The sentence with its slots filled; values are taken as they are. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (slot, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : slot,
  );
}

/** Rules that look at the same things, one after the other: all rules on the first thing, then all on the next. */
export interface RuleGroup<C, S> {
  title: string;
  subjects(context: C): Iterable<S>;
  rules: readonly Rule<S>[];
}

/** A group whose subject type nobody needs to know any more. */
export interface AnyGroup<C> {
  title: string;
  rules: readonly RuleRow[];
  check(context: C): Violation[];
}

/** Closes a group over its subjects. */
export function group<C, S>({ title, subjects, rules }: RuleGroup<C, S>): AnyGroup<C> {
  return {
    title,
    rules,
    check: (context) => [...subjects(context)].flatMap((subject) => rules.flatMap((rule) => rule.check(subject))),
  };
}

/** Everything the groups find, in their order, so that the first violation is the one oVirt would give. */
export function checkAll<C>(groups: readonly AnyGroup<C>[], context: C): Violation[] {
  return groups.flatMap((one) => one.check(context));
}
