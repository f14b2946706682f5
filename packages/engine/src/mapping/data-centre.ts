import { type Cluster, clusterVersions, type DataCentre, newestVersion } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { actions, links, reference } from './link.ts';

export function dataCentreToWire(base: string, dataCentre: DataCentre): ApiObject<'data_center'> {
  const { id, href } = reference(base, 'datacenters', dataCentre.id);
  return {
    id,
    href,
    name: dataCentre.name,
    description: dataCentre.description,
    comment: dataCentre.comment,
    link: links(href, ['clusters', 'networks', 'qoss']),
    local: dataCentre.local,
    quota_mode: 'disabled',
    status: 'up',
    version: newestVersion,
    supported_versions: [...clusterVersions],
  };
}

export function clusterToWire(base: string, cluster: Cluster): ApiObject<'cluster'> {
  const { id, href } = reference(base, 'clusters', cluster.id);
  return {
    id,
    href,
    ...actions(href, ['syncallnetworks']),
    name: cluster.name,
    description: cluster.description,
    comment: cluster.comment,
    link: links(href, ['networks', 'externalnetworkproviders', 'permissions']),
    firewall_type: 'firewalld',
    switch_type: cluster.switchType,
    version: cluster.version,
    virt_service: true,
    gluster_service: false,
    data_center: reference(base, 'datacenters', cluster.dataCentreId),
  };
}
