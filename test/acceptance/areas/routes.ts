import type { Area } from '../area.ts';

export const routes: Area = { name: 'Gateways, default route, DNS', scenarios: {} };
