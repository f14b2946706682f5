import { type Cluster, clusterVersions, type DataCentre, newestVersion } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { defaultMacPoolId } from '../store/index.ts';
import { defaultSchedulingPolicy, schedulingPolicyId } from './constants.ts';
import { overlay } from './kept.ts';
import { actions, links, reference } from './link.ts';

export function dataCentreToWire(base: string, dataCentre: DataCentre): ApiObject<'data_center'> {
  const { href, id } = reference(base, 'datacenters', dataCentre.id);
  return {
    href,
    id,
    name: dataCentre.name,
    description: dataCentre.description,
    comment: dataCentre.comment,
    link: links(href, ['clusters', 'iscsibonds', 'networks', 'permissions', 'qoss', 'storagedomains']),
    local: dataCentre.local,
    quota_mode: 'disabled',
    status: 'up',
    version: newestVersion,
    supported_versions: [...clusterVersions],
    ...dataCentre.kept,
    ...poolOf(base, dataCentre.kept ?? {}),
  };
}

/** What a cluster says of itself where nothing was said: clients look into these before they compare. */
const unused: ApiObject<'cluster'> = {
  ballooning_enabled: false,
  error_handling: { on_error: 'migrate' },
  fencing_policy: {
    enabled: true,
    skip_if_connectivity_broken: { enabled: false, threshold: 50 },
    skip_if_gluster_bricks_up: false,
    skip_if_gluster_quorum_not_met: false,
    skip_if_sd_active: { enabled: false },
  },
  gluster_service: false,
  ha_reservation: false,
  ksm: { enabled: false, merge_across_nodes: true },
  memory_policy: { over_commit: { percent: 100 }, transparent_hugepages: { enabled: true } },
  migration: {
    auto_converge: 'inherit',
    bandwidth: { assignment_method: 'auto' },
    compressed: 'inherit',
    encrypted: 'inherit',
  },
  optional_reason: false,
  required_rng_sources: ['urandom'],
  threads_as_cores: false,
  trusted_service: false,
  virt_service: true,
};

export function clusterToWire(base: string, cluster: Cluster): ApiObject<'cluster'> {
  const { href, id } = reference(base, 'clusters', cluster.id);
  return {
    href,
    id,
    ...actions(href, ['syncallnetworks']),
    name: cluster.name,
    description: cluster.description,
    comment: cluster.comment,
    link: links(href, ['externalnetworkproviders', 'networkfilters', 'networks', 'permissions']),
    firewall_type: 'firewalld',
    switch_type: cluster.switchType,
    version: cluster.version,
    ...overlay(unused, cluster.kept ?? {}),
    data_center: reference(base, 'datacenters', cluster.dataCentreId),
    ...poolOf(base, { mac_pool: { id: defaultMacPoolId }, ...cluster.kept }),
    ...schedulingOf(base, cluster.kept ?? {}),
  };
}

/** The MAC pool, where one was given. */
function poolOf(base: string, kept: ApiObject<'cluster' | 'data_center'>) {
  const id = kept.mac_pool?.id;
  return id === undefined ? {} : { mac_pool: reference(base, 'macpools', id) };
}

function schedulingOf(base: string, kept: ApiObject<'cluster'>) {
  const id = kept.scheduling_policy?.id ?? schedulingPolicyId(defaultSchedulingPolicy);
  return { scheduling_policy: reference(base, 'schedulingpolicies', id) };
}
