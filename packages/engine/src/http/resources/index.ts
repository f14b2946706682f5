/** Every resource of the API. A new one is described in wire's table of services, and is a file here and a line below. */
import type { Engine } from '../../operations/engine.ts';
import type { Route } from '../api.ts';
import { apiRoot } from './api-root.ts';
import { attachments } from './attachments.ts';
import { clusters } from './clusters.ts';
import { constants } from './constants.ts';
import { copyHostNetworks } from './copy-networks.ts';
import { dataCentres } from './data-centres.ts';
import { emptyCollections } from './empty-collections.ts';
import { events } from './events.ts';
import { hosts } from './hosts.ts';
import { jobs } from './jobs.ts';
import { kept } from './kept.ts';
import { lldp } from './lldp.ts';
import { networkLabels } from './network-labels.ts';
import { clusterNetworks, networks } from './networks.ts';
import { nicLabels } from './nic-labels.ts';
import { nics, unmanagedNetworks } from './nics.ts';
import { options } from './options.ts';
import { permissions } from './permissions.ts';
import { qoss } from './qoss.ts';
import { revisions } from './revisions.ts';
import { setupNetworks } from './setup-networks.ts';
import { statistics } from './statistics.ts';
import { users } from './users.ts';
import { virtualFunctions } from './virtual-functions.ts';

export function allRoutes(engine: Engine, instanceId: string): Route[] {
  const routes = [
    ...dataCentres(engine),
    ...clusters(engine),
    ...qoss(engine),
    ...networks(engine),
    ...clusterNetworks(engine),
    ...networkLabels(engine),
    ...hosts(engine),
    ...nics(engine),
    ...nicLabels(engine),
    ...virtualFunctions(engine),
    ...attachments(engine),
    ...setupNetworks(engine),
    ...revisions(engine),
    ...copyHostNetworks(engine),
    ...unmanagedNetworks(engine),
    ...statistics(engine),
    ...events(engine),
    ...jobs(engine),
    ...users(engine),
    ...permissions(engine),
    ...kept(engine),
    ...constants(engine),
    ...options(engine),
    ...lldp(engine),
    ...emptyCollections(engine),
  ];
  return [...apiRoot(engine, instanceId, routes), ...routes];
}
