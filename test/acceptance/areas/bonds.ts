import type { Area } from '../area.ts';

export const bonds: Area = { name: 'Bonds', scenarios: {} };
