import type { Area } from '../area.ts';

export const unmanaged: Area = { name: 'Unmanaged networks', scenarios: {} };
