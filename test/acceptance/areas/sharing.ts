import type { Area } from '../area.ts';

export const sharing: Area = { name: 'Sharing a nic', scenarios: {} };
