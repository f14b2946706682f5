/** The first start: a data centre, a cluster and its management network, as an oVirt installation has them. */
import { type Network, newestVersion, vdsmName } from '@patchbay/model';
import type { Writer } from '../store/index.ts';
import type { Engine } from './engine.ts';
import { addNetwork } from './store-network.ts';

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
    const network = await addManagementNetwork(tx, engine, dataCentre.id);
    await tx.put('cluster', cluster);
    await tx.put('cluster_network', managementAssignment(cluster.id, network.id));
  });
}

/** Stores the network that every data centre is born with (rules 1.2). */
export async function addManagementNetwork(
  tx: Writer,
  engine: Pick<Engine, 'newId'>,
  dataCentreId: string,
): Promise<Network> {
  const id = engine.newId();
  const network = {
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
  await addNetwork(tx, engine, network);
  return network;
}

export function managementAssignment(clusterId: string, networkId: string) {
  const roles = { display: true, migration: true, management: true, gluster: false, defaultRoute: true };
  return { clusterId, networkId, required: true, roles };
}
