import type { Area } from '../area.ts';

export const copying: Area = { name: 'Copying a host’s networks', scenarios: {} };
