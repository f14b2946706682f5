import type { Area } from '../area.ts';

export const properties: Area = { name: 'Custom properties', scenarios: {} };
