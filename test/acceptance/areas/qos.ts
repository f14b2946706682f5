import type { Area } from '../area.ts';

export const qos: Area = { name: 'Host network QoS', scenarios: {} };
