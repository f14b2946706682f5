import type { Area } from '../area.ts';

export const inSync: Area = { name: 'In sync and synchronising', scenarios: {} };
