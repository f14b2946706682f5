import type { Area } from '../area.ts';

export const restForms: Area = { name: 'REST forms and errors', scenarios: {} };
