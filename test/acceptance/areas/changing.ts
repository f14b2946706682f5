import type { Area } from '../area.ts';

export const changing: Area = { name: 'Changing, moving and removing', scenarios: {} };
