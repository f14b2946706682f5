import type { Area } from '../area.ts';

export const srIov: Area = { name: 'SR-IOV', scenarios: {} };
