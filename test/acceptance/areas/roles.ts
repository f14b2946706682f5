import type { Area } from '../area.ts';

export const roles: Area = { name: 'Management network and roles', scenarios: {} };
