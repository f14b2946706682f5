import type { Area } from '../area.ts';

export const propagation: Area = { name: 'Networks changed while in use', scenarios: {} };
