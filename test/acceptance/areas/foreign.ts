import type { Area } from '../area.ts';

export const foreign: Area = { name: 'Devices made by others, names, statistics', scenarios: {} };
