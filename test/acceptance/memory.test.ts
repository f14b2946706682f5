/** Every acceptance scenario over HTTP, on hosts in memory, by one engine. */
import { describe } from 'node:test';
import { playAreas } from './area.ts';
import { areas } from './areas/index.ts';
import { memoryGround } from './memory-ground.ts';

describe('acceptance', { timeout: 600_000 }, () => {
  playAreas(areas, memoryGround, 'memory');
});
