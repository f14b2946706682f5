/** The first start: a data centre, a cluster and its management network, as an oVirt installation has them. */
import { newestVersion, vdsmName } from '@patchbay/model';
import type { Engine } from './engine.ts';

/** Does nothing when there is a data centre already. */
export async function bootstrap(engine: Pick<Engine, 'store' | 'newId'>): Promise<void> {
  if ((await engine.store.list('data_centre')).length > 0) return;
  const dataCentre = {
    id: engine.newId(),
    name: 'Default',
    description: 'The default data centre',
    comment: '',
    local: false,
  };
  const cluster = {
    id: engine.newId(),
    dataCentreId: dataCentre.id,
    name: 'Default',
    description: 'The default cluster',
    comment: '',
    switchType: 'legacy' as const,
    version: newestVersion,
  };
  await engine.store.write(async (tx) => {
    await tx.put('data_centre', dataCentre);
    const network = managementNetwork(engine.newId(), dataCentre.id);
    await tx.put('network', network);
    await tx.put('cluster', cluster);
    await tx.put('cluster_network', managementAssignment(cluster.id, network.id));
  });
}

/** The network that a data centre is made with. */
export function managementNetwork(id: string, dataCentreId: string) {
  return {
    id,
    dataCentreId,
    name: 'ovirtmgmt',
    vdsmName: vdsmName('ovirtmgmt', id),
    description: 'Management Network',
    comment: '',
    vlan: null,
    mtu: 0,
    vm: true,
    stp: false,
    portIsolation: false,
    label: null,
    qosId: null,
    nameservers: null,
    external: null,
  };
}

export function managementAssignment(clusterId: string, networkId: string) {
  const roles = { display: true, migration: true, management: true, gluster: false, defaultRoute: true };
  return { clusterId, networkId, required: true, roles };
}
