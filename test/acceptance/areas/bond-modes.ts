import type { Area } from '../area.ts';

export const bondModes: Area = { name: 'Bond modes', scenarios: {} };
