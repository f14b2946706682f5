import type { Area } from '../area.ts';

export const required: Area = { name: 'Required networks and host status', scenarios: {} };
