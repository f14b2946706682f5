/** All areas, in the order of their ids. */
import type { Area } from '../area.ts';
import { attaching } from './attaching.ts';
import { bondModes } from './bond-modes.ts';
import { bondReports } from './bond-reports.ts';
import { bonds } from './bonds.ts';
import { changing } from './changing.ts';
import { clusterNetworks } from './cluster-networks.ts';
import { copying } from './copying.ts';
import { foreign } from './foreign.ts';
import { inSync } from './in-sync.ts';
import { ipv4 } from './ipv4.ts';
import { ipv6 } from './ipv6.ts';
import { labels } from './labels.ts';
import { lldp } from './lldp.ts';
import { mtu } from './mtu.ts';
import { persistence } from './persistence.ts';
import { propagation } from './propagation.ts';
import { properties } from './properties.ts';
import { qos } from './qos.ts';
import { required } from './required.ts';
import { restForms } from './rest-forms.ts';
import { roles } from './roles.ts';
import { routes } from './routes.ts';
import { sharing } from './sharing.ts';
import { srIov } from './sr-iov.ts';
import { statistics } from './statistics.ts';
import { unmanaged } from './unmanaged.ts';

export const areas: readonly Area[] = [
  attaching,
  ipv4,
  ipv6,
  changing,
  sharing,
  mtu,
  bonds,
  bondModes,
  bondReports,
  labels,
  inSync,
  unmanaged,
  propagation,
  qos,
  properties,
  routes,
  roles,
  required,
  clusterNetworks,
  srIov,
  copying,
  persistence,
  foreign,
  lldp,
  statistics,
  restForms,
];
