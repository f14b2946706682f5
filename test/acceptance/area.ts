/** How an area's scenarios are written down, and played. */
import { after, describe, test } from 'node:test';
import { type Ground, openStage, type Stage } from './stage.ts';
import { titles } from './titles.ts';

/** `AC-` and three digits. */
export type ScenarioId = `AC-${number}`;

export interface Scenario {
  play: (stage: Stage) => Promise<void>;
  /** Kinds of ground it is played on. */
  grounds: readonly Ground['kind'][];
}

export interface Area {
  name: string;
  scenarios: Record<ScenarioId, Scenario>;
}

/** Played on hosts in memory. */
export function scenario(play: Scenario['play']): Scenario {
  return { play, grounds: ['memory'] };
}

/** Played on hosts in memory and on a real kernel. */
export function alsoInLab(play: Scenario['play']): Scenario {
  return { play, grounds: ['memory', 'lab'] };
}

/** Played on both, of which each has its own way to show the same. */
export function inEach(plays: Readonly<Record<Ground['kind'], Scenario['play']>>): Scenario {
  return { play: (stage) => plays[stage.ground.kind](stage), grounds: ['memory', 'lab'] };
}

/** Played on a real kernel alone: one in memory has nothing of the kind. */
export function onlyInLab(play: Scenario['play']): Scenario {
  return { play, grounds: ['lab'] };
}

/** Registers a test for each scenario of the areas that the ground can play. */
export function playAreas(areas: readonly Area[], startGround: () => Promise<Ground>, kind: Ground['kind']): void {
  let ground: Ground | null = null;
  const play = async (scenario: Scenario) => {
    ground ??= await startGround();
    const stage = await openStage(ground);
    const failure = await failureOf(() => scenario.play(stage));
    const remains = await failureOf(() => stage.clear());
    if (remains !== null) {
      // What is left behind must not fail those that follow.
      await ground.stop();
      ground = null;
    }
    if (failure !== null) throw failure;
    if (remains !== null) throw remains;
  };
  after(() => ground?.stop());
  for (const { name, scenarios } of areas) {
    const played = Object.entries(scenarios).filter(([, { grounds }]) => grounds.includes(kind));
    if (played.length === 0) continue;
    describe(name, () => {
      for (const [id, scenario] of played) test(`${id} ${titles[id as ScenarioId] ?? ''}`, () => play(scenario));
    });
  }
}

async function failureOf(step: () => Promise<void>): Promise<unknown> {
  try {
    await step();
    return null;
  } catch (error) {
    return error ?? new Error('failed without saying why');
  }
}
