/** Scenarios without a test, and why. Everything else must have one. */
import type { ScenarioId } from './area.ts';

/** Cannot apply here: what stands in its place. */
export const cannotApply: Readonly<Record<ScenarioId, string>> = {};

/** Tested, but not by a scenario of an area: the file whose test bears the id. */
export const testedElsewhere: Readonly<Record<ScenarioId, string>> = {
  'AC-091': 'packages/model/src/rules/attachment/attachment.test.ts',
  'AC-323': 'test/lab/cable-cut.ts',
};

/** What a test does not prove. */
export const notes: Readonly<Record<ScenarioId, string>> = Object.fromEntries(
  ['AC-030', 'AC-047', 'AC-048', 'AC-051'].map((id) => [
    id,
    'a real host refuses DHCPv6: its agent has no client for it',
  ]),
);

/** Not written yet: the part of the engine it waits for. Empty when the engine is complete. */
export const pending: Readonly<Record<ScenarioId, string>> = {};
