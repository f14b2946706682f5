/** Collections whose members are the same everywhere: clients look them up by name (wire 5.11). */

import { clusterVersions } from '@patchbay/model';
import type { ApiObject, TypeName } from '@patchbay/wire';
import {
  defaultSchedulingPolicy,
  type Named,
  networkFilters,
  roles,
  schedulingPolicies,
} from '../../mapping/constants.ts';
import type { Engine } from '../../operations/engine.ts';
import { notFound } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { get, list, top } from '../verbs.ts';
import { findById } from './common.ts';

export function constants(engine: Engine): Route[] {
  const cluster = (request: ApiRequest) => findById(engine, 'cluster', request.params['cluster'], 'cluster');
  const filter = (base: string, { id, name }: Named): ApiObject<'network_filter'> => ({
    ...{ id, href: `${base}/networkfilters/${id}`, name },
    version: { major: 4, minor: 0 },
  });
  const levels = clusterVersions.map(({ major, minor }) => `${major}.${minor}`).map((id) => ({ id, name: id }));
  return [
    ...both('network_filter', '/networkfilters', networkFilters, filter),
    list('network_filter', '/clusters/:cluster/networkfilters', cluster, (_cluster, { base }) =>
      networkFilters.map((one) => filter(base, one)),
    ),
    ...both('scheduling_policy', '/schedulingpolicies', schedulingPolicies, (base, { id, name }) => ({
      ...{ id, href: `${base}/schedulingpolicies/${id}`, name },
      default_policy: name === defaultSchedulingPolicy,
      locked: true,
    })),
    ...both('role', '/roles', roles, (base, { id, name }) => ({
      ...{ id, href: `${base}/roles/${id}`, name },
      administrative: name === 'administrator',
      mutable: false,
    })),
    ...both('cluster_level', '/clusterlevels', levels, (base, { id }) => ({ id, href: `${base}/clusterlevels/${id}` })),
  ];
}

function both<T extends TypeName>(
  type: T,
  path: string,
  all: readonly Named[],
  show: (base: string, one: Named) => ApiObject<T>,
): Route[] {
  const find = (request: ApiRequest) => {
    const id = request.params['id'] ?? '';
    return Promise.resolve(all.find((one) => one.id === id) ?? notFound(type.replaceAll('_', ' '), id));
  };
  return [
    list(type, path, top, (_top, { base }) => all.map((one) => show(base, one))),
    get(type, `${path}/:id`, find, (found, { base }) => show(base, found)),
  ];
}
