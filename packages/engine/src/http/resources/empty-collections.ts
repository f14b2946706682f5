/** Collections that clients follow, or read all at once, and that hold nothing here. */
import type { TypeName } from '@patchbay/wire';
import type { Engine } from '../../operations/engine.ts';
import type { DocumentKind } from '../../store/index.ts';
import type { ApiRequest, Route } from '../api.ts';
import { type Find, list, top } from '../verbs.ts';
import { findById } from './common.ts';

export function emptyCollections(engine: Engine): Route[] {
  const by = (kind: DocumentKind, parameter: string, name: string) => (request: ApiRequest) =>
    findById(engine, kind, request.params[parameter], name);
  const host = by('host', 'host', 'host');
  const network = by('network', 'network', 'network');
  const cluster = by('cluster', 'cluster', 'cluster');
  const dataCentre = by('data_centre', 'id', 'data centre');
  const empty = <T extends TypeName>(type: T, path: string, find: Find<unknown> = top) =>
    list(type, path, find, () => []);
  return [
    empty('permission', '/hosts/:host/permissions', host),
    empty('permission', '/networks/:network/permissions', network),
    empty('permission', '/clusters/:cluster/permissions', cluster),
    empty('permission', '/datacenters/:id/permissions', dataCentre),
    empty('permission', '/vnicprofiles/:kept/permissions', by('kept', 'kept', 'vNIC profile')),
    empty('permission', '/macpools/:kept/permissions', by('kept', 'kept', 'MAC pool')),
    empty('external_provider', '/clusters/:cluster/externalnetworkproviders', cluster),
    empty('iscsi_bond', '/datacenters/:id/iscsibonds', dataCentre),
    empty('storage_domain', '/datacenters/:id/storagedomains', dataCentre),
    empty('affinity_label', '/affinitylabels'),
    empty('bookmark', '/bookmarks'),
    empty('disk', '/disks'),
    empty('group', '/groups'),
    empty('instance_type', '/instancetypes'),
    empty('openstack_network_provider', '/openstacknetworkproviders'),
    empty('storage_domain', '/storagedomains'),
    empty('template', '/templates'),
    empty('vm_pool', '/vmpools'),
    empty('vm', '/vms'),
  ];
}
