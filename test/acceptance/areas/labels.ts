import type { Area } from '../area.ts';

export const labels: Area = { name: 'Labels', scenarios: {} };
