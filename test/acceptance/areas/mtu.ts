import type { Area } from '../area.ts';

export const mtu: Area = { name: 'MTU', scenarios: {} };
