/** Collections that clients follow and that hold nothing here. */
import type { TypeName } from '@patchbay/wire';
import type { Engine } from '../../operations/engine.ts';
import type { ApiRequest, Route } from '../api.ts';
import { type Find, list } from '../verbs.ts';
import { findById, findHost } from './common.ts';

export function emptyCollections(engine: Engine): Route[] {
  const host = (request: ApiRequest) => findHost(engine, request);
  const network = (request: ApiRequest) => findById(engine, 'network', request.params['network'], 'network');
  const cluster = (request: ApiRequest) => findById(engine, 'cluster', request.params['cluster'], 'cluster');
  const empty = <T extends TypeName>(type: T, path: string, find: Find<unknown>) => list(type, path, find, () => []);
  return [
    empty('permission', '/hosts/:host/permissions', host),
    empty('tag', '/hosts/:host/tags', host),
    empty('permission', '/networks/:network/permissions', network),
    empty('vnic_profile', '/networks/:network/vnicprofiles', network),
    empty('permission', '/clusters/:cluster/permissions', cluster),
    empty('external_provider', '/clusters/:cluster/externalnetworkproviders', cluster),
  ];
}
