import type { Area } from '../area.ts';

export const ipv4: Area = { name: 'IPv4', scenarios: {} };
