import type { Area } from '../area.ts';

export const bondReports: Area = { name: 'What is reported about bonds', scenarios: {} };
