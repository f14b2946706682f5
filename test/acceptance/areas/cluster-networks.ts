import type { Area } from '../area.ts';

export const clusterNetworks: Area = { name: 'Networks of data centres and clusters', scenarios: {} };
