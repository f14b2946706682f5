/**
 * vNIC profiles, MAC pools and tags: they say nothing about host networks and are kept as they are given, so that clients
 * which make them beside networks and clusters find them again (wire 5.11).
 */
import type { ApiObject } from '@patchbay/wire';
import { networkFilters } from '../../mapping/constants.ts';
import type { Engine } from '../../operations/engine.ts';
import { conflict, incomplete, notFound, Problem } from '../../problem.ts';
import { defaultMacPoolId, type Kept, keptBelow } from '../../store/index.ts';
import { type ApiRequest, created, entity, type Route } from '../api.ts';
import { get, list, post, put, remove, top } from '../verbs.ts';
import { done, findById, findHost, nameTaken, resolve } from './common.ts';

type KeptType = 'vnic_profile' | 'mac_pool' | 'tag';

interface Description<T extends KeptType> {
  type: T;
  path: string;
  /** For sentences. */
  kind: string;
  /** Id of what it belongs to. */
  owner(body: ApiObject<T>): Promise<string | null | Problem>;
  /** What is shown instead of what was given, and beside it. */
  more(base: string, kept: Kept): Promise<ApiObject<T>>;
  /** Why it cannot be removed. */
  needed(kept: Kept): Promise<Problem | null>;
}

export function kept(engine: Engine): Route[] {
  const vnicProfiles: Description<'vnic_profile'> = {
    type: 'vnic_profile',
    path: '/vnicprofiles',
    kind: 'vNIC profile',
    async owner({ network }) {
      if (network === undefined) return incomplete('VnicProfile', 'network.id', 'add');
      const found = resolve(await engine.store.list('network'), network);
      return found?.id ?? notFound('network', network.id ?? network.name ?? '');
    },
    async more(base, { owner, given }) {
      const { network_filter: filter, qos, pass_through, port_mirroring } = given as ApiObject<'vnic_profile'>;
      const network = owner === null ? undefined : await engine.store.get('network', owner);
      const named = filter && resolve(networkFilters, filter);
      return {
        pass_through: pass_through ?? { mode: 'disabled' },
        port_mirroring: port_mirroring ?? false,
        network: { id: owner ?? '', href: `${base}/networks/${owner}` },
        // An empty reference is how a client takes one away.
        network_filter: named && { id: named.id, href: `${base}/networkfilters/${named.id}` },
        qos:
          qos?.id === undefined || network === undefined
            ? undefined
            : { id: qos.id, href: `${base}/datacenters/${network.dataCentreId}/qoss/${qos.id}` },
      };
    },
    needed: () => Promise.resolve(null),
  };
  const alone = {
    owner: () => Promise.resolve(null),
    more: () => Promise.resolve({}),
    needed: () => Promise.resolve(null),
  };
  const macPools: Description<'mac_pool'> = {
    ...{ type: 'mac_pool', path: '/macpools', kind: 'MAC pool', ...alone },
    async needed({ id, name }) {
      if (id === defaultMacPoolId)
        return conflict('POOL', `MAC pool ${name} is what clusters without another one use.`);
      const users = (await engine.store.list('cluster')).filter(
        (c) => (c.kept as ApiObject<'cluster'>)?.mac_pool?.id === id,
      );
      const names = users.map((one) => one.name).join(', ');
      return users.length === 0
        ? null
        : conflict('POOL', `MAC pool ${name} is used by ${names}. Give them another one first.`);
    },
  };
  return [
    ...resource(engine, vnicProfiles),
    ...belowNetwork(engine, vnicProfiles),
    ...resource(engine, macPools),
    ...resource(engine, { type: 'tag', path: '/tags', kind: 'tag', ...alone }),
    ...hostTags(engine),
  ];
}

function resource<T extends KeptType>(engine: Engine, described: Description<T>): Route[] {
  const { type, path, kind } = described;
  const { store } = engine;
  const find = async (request: ApiRequest) => {
    const found = await findById(engine, 'kept', request.params['kept'], kind);
    return found instanceof Problem || found.type === type ? found : notFound(kind, found.id);
  };
  return [
    list(type, path, top, async (_top, { base }) => {
      const all = (await store.list('kept')).filter((one) => one.type === type);
      return Promise.all(all.map((one) => show(base, described, one)));
    }),
    post(type, path, top, async (_top, body, request) =>
      add(engine, request, described, body, await described.owner(body)),
    ),
    get(type, `${path}/:kept`, find, (found, { base }) => show(base, described, found)),
    put(type, `${path}/:kept`, find, async ({ id }, body, request) => {
      const changed = await store.write(async (tx) => {
        const stored = await tx.get('kept', id);
        if (stored === undefined) return notFound(kind, id);
        const name = body.name || stored.name;
        const clash = await tx.named('kept', keptBelow(type, stored.owner), name);
        if (clash !== undefined && clash.id !== id) return nameTaken(kind, name);
        const wanted: Kept = { ...stored, name, given: { ...stored.given, ...membersOf(body) } };
        await tx.put('kept', wanted);
        return wanted;
      });
      return changed instanceof Problem ? changed : entity(type, await show(request.base, described, changed));
    }),
    remove(`${path}/:kept`, find, async (found, { base }) => {
      const needed = await described.needed(found);
      if (needed !== null) return needed;
      await store.write((tx) => tx.remove('kept', found.id));
      return done(base);
    }),
  ];
}

function belowNetwork(engine: Engine, described: Description<'vnic_profile'>): Route[] {
  const path = '/networks/:network/vnicprofiles';
  const find = (request: ApiRequest) => findById(engine, 'network', request.params['network'], 'network');
  const findOne = async (request: ApiRequest) => {
    const network = await find(request);
    if (network instanceof Problem) return network;
    const found = await findById(engine, 'kept', request.params['kept'], described.kind);
    if (found instanceof Problem || (found.type === 'vnic_profile' && found.owner === network.id)) return found;
    return notFound(`vNIC profile of network ${network.name}`, found.id);
  };
  return [
    list('vnic_profile', path, find, async ({ id }, { base }) => {
      const all = await engine.store.list('kept', keptBelow('vnic_profile', id));
      return Promise.all(all.map((one) => show(base, described, one)));
    }),
    post('vnic_profile', path, find, ({ id }, body, request) => add(engine, request, described, body, id)),
    get('vnic_profile', `${path}/:kept`, findOne, (found, { base }) => show(base, described, found)),
    remove(`${path}/:kept`, findOne, async (found, { base }) => {
      await engine.store.write((tx) => tx.remove('kept', found.id));
      return done(base);
    }),
  ];
}

/** The tags of one host; carrying a tag is a thing of its own, so that removing it does not remove the tag. */
function hostTags(engine: Engine): Route[] {
  const { store } = engine;
  const path = '/hosts/:host/tags';
  const host = (request: ApiRequest) => findHost(engine, request);
  const show = (base: string, hostId: string, tag: Kept): ApiObject<'tag'> => ({
    ...{ id: tag.id, href: `${base}/hosts/${hostId}/tags/${tag.id}`, name: tag.name },
    host: { id: hostId, href: `${base}/hosts/${hostId}` },
  });
  const find = async (request: ApiRequest) => {
    const found = await findHost(engine, request);
    if (found instanceof Problem) return found;
    const id = request.params['tag'] ?? '';
    const carried = await store.named('kept', keptBelow('host_tag', found.id), id);
    const tag = await store.get('kept', id);
    return carried === undefined || tag === undefined ? notFound(`tag of host ${found.name}`, id) : { carried, tag };
  };
  return [
    list('tag', path, host, async ({ id }, { base }) => {
      const carried = await store.list('kept', keptBelow('host_tag', id));
      const tags = await Promise.all(carried.map((one) => store.get('kept', one.name)));
      return tags.flatMap((tag) => (tag === undefined ? [] : [show(base, id, tag)]));
    }),
    post('tag', path, host, async ({ id }, body, request) => {
      if (body.id === undefined && body.name === undefined) return incomplete('Tag', 'id|name', 'add');
      const tag = resolve(await store.list('kept', 'tag'), body);
      if (tag === undefined) return notFound('tag', body.id ?? body.name ?? '');
      const known = await store.named('kept', keptBelow('host_tag', id), tag.id);
      const carried: Kept = { id: engine.newId(), type: 'host_tag', owner: id, name: tag.id, given: {} };
      if (known === undefined) await store.write((tx) => tx.put('kept', carried));
      return created('tag', show(request.base, id, tag));
    }),
    get('tag', `${path}/:tag`, find, ({ carried, tag }, { base }) => show(base, carried.owner ?? '', tag)),
    remove(`${path}/:tag`, find, async ({ carried }, { base }) => {
      await store.write((tx) => tx.remove('kept', carried.id));
      return done(base);
    }),
  ];
}

async function add<T extends KeptType>(
  engine: Engine,
  request: ApiRequest,
  described: Description<T>,
  body: ApiObject<T>,
  owner: string | null | Problem,
) {
  const { type, kind } = described;
  if (owner instanceof Problem) return owner;
  if (!body.name) return incomplete(kind, 'name', 'add');
  if ((await engine.store.named('kept', keptBelow(type, owner), body.name)) !== undefined) {
    return nameTaken(kind, body.name);
  }
  const fresh: Kept = { id: engine.newId(), type, owner, name: body.name, given: membersOf(body) };
  await engine.store.write((tx) => tx.put('kept', fresh));
  return created(type, await show(request.base, described, fresh));
}

async function show<T extends KeptType>(base: string, described: Description<T>, one: Kept): Promise<ApiObject<T>> {
  const href = `${base}${described.path}/${one.id}`;
  const link = [{ rel: 'permissions', href: `${href}/permissions` }];
  return { ...one.given, id: one.id, href, name: one.name, link, ...(await described.more(base, one)) } as ApiObject<T>;
}

function membersOf(body: object): object {
  const { id: _id, name: _name, network: _network, ...given } = body as Record<string, unknown>;
  return given;
}
