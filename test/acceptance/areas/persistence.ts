import type { Area } from '../area.ts';

export const persistence: Area = { name: 'Persistence, connectivity, concurrency', scenarios: {} };
