/** `/datacenters` (wire 5.11). */
import type { DataCentre } from '@patchbay/model';
import { dataCentreToWire } from '../../mapping/data-centre.ts';
import { keep } from '../../mapping/kept.ts';
import { addManagementNetwork } from '../../operations/bootstrap.ts';
import type { Engine } from '../../operations/engine.ts';
import { note } from '../../operations/note.ts';
import { dropNetwork } from '../../operations/store-network.ts';
import { conflict, incomplete, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, created, entity, type Route } from '../api.ts';
import { search } from '../search/route.ts';
import * as tables from '../search/tables.ts';
import { get, post, put, remove, top } from '../verbs.ts';
import { actorOf, described, done, findById, nameTaken, updated } from './common.ts';
import { poolAndPolicy } from './pool-and-policy.ts';

const path = '/datacenters';

export function dataCentres(engine: Engine): Route[] {
  const { store } = engine;
  const find = (request: ApiRequest) => findById(engine, 'data_centre', request.params['id'], 'data centre');
  return [
    search(
      engine,
      'data_center',
      path,
      tables.dataCentres,
      () => store.list('data_centre'),
      (d, { base }) => dataCentreToWire(base, d),
    ),
    post('data_center', path, top, async (_top, body, request) => {
      if (!body.name) return incomplete('DataCenter', 'name', 'add');
      const name = body.name;
      const named = await poolAndPolicy(engine, body);
      if (named instanceof Problem) return named;
      const dataCentre: DataCentre = {
        id: engine.newId(),
        name,
        description: body.description ?? '',
        comment: body.comment ?? '',
        local: body.local ?? false,
        kept: keep('data_center', undefined, { ...body, ...named }),
      };
      const refused = await store.write(async (tx) => {
        if ((await tx.named('data_centre', null, name)) !== undefined) return nameTaken('data centre', name);
        await tx.put('data_centre', dataCentre);
        await addManagementNetwork(tx, engine, dataCentre.id);
        await note(tx, engine, actorOf(request), 'USER_ADD_STORAGE_POOL', `Data centre ${name} was added.`, {
          dataCentreId: dataCentre.id,
        });
        return null;
      });
      return refused ?? created('data_center', dataCentreToWire(request.base, dataCentre));
    }),
    get('data_center', `${path}/:id`, find, (found, { base }) => dataCentreToWire(base, found)),
    put('data_center', `${path}/:id`, find, async ({ id }, body, request) => {
      const named = await poolAndPolicy(engine, body);
      if (named instanceof Problem) return named;
      const changed = await store.write(async (tx) => {
        const stored = await tx.get('data_centre', id);
        if (stored === undefined) return notFound('data centre', id);
        const kept = keep('data_center', stored.kept, { ...body, ...named });
        const local = body.local ?? stored.local;
        const wanted = { ...stored, ...described(body), local, kept };
        const clash = await tx.named('data_centre', null, wanted.name);
        if (clash !== undefined && clash.id !== id) return nameTaken('data centre', wanted.name);
        await tx.put('data_centre', wanted);
        const text = updated('Data centre', stored, wanted);
        await note(tx, engine, actorOf(request), 'USER_UPDATE_STORAGE_POOL', text, { dataCentreId: id });
        return wanted;
      });
      if (changed instanceof Problem) return changed;
      return entity('data_center', dataCentreToWire(request.base, changed));
    }),
    remove(`${path}/:id`, find, async (found, request) => {
      const refused = await store.write(async (tx) => {
        const clusters = await tx.list('cluster', found.id);
        if (clusters.length > 0) {
          const names = clusters.map((c) => c.name).join(', ');
          return conflict('DC', `Data centre ${found.name} still has clusters: ${names}. Remove them first.`);
        }
        for (const network of await tx.list('network', found.id)) await dropNetwork(tx, network.id);
        for (const qos of await tx.list('qos', found.id)) await tx.remove('qos', qos.id);
        await tx.remove('data_centre', found.id);
        await note(tx, engine, actorOf(request), 'USER_REMOVE_STORAGE_POOL', `Data centre ${found.name} was removed.`);
        return null;
      });
      return refused ?? done(request.base);
    }),
  ];
}
