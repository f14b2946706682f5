import type { ScenarioId } from './area.ts';

/** What each scenario is about, in a few words. */
export const titles: Record<ScenarioId, string> = {};
