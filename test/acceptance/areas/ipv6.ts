import type { Area } from '../area.ts';

export const ipv6: Area = { name: 'IPv6 and dual stack', scenarios: {} };
