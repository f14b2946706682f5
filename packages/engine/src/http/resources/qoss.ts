/** Named QoS of a data centre (wire 5.11). */
import type { NamedQos } from '@patchbay/model';
import { namedQosToWire, namedQosValues } from '../../mapping/qos.ts';
import type { Engine } from '../../operations/engine.ts';
import { createQos, removeQos, updateQos } from '../../operations/qos.ts';
import { incomplete, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, created, entity, type Route } from '../api.ts';
import { get, list, post, put, remove } from '../verbs.ts';
import { actorOf, done, findById, followedBy, rolloutOptions } from './common.ts';

export function qoss(engine: Engine): Route[] {
  const path = '/datacenters/:id/qoss';
  const owner = (request: ApiRequest) => findById(engine, 'data_centre', request.params['id'], 'data centre');
  const find = async (request: ApiRequest): Promise<NamedQos | Problem> => {
    const dataCentre = await owner(request);
    if (dataCentre instanceof Problem) return dataCentre;
    const found = await findById(engine, 'qos', request.params['qos'], `QoS of data centre ${dataCentre.name}`);
    if (found instanceof Problem || found.dataCentreId === dataCentre.id) return found;
    return notFound(`QoS of data centre ${dataCentre.name}`, found.id);
  };
  return [
    list('qos', path, owner, async (dataCentre, { base }) => {
      const all = await engine.store.list('qos', dataCentre.id);
      return all.map((one) => namedQosToWire(base, one));
    }),
    post('qos', path, owner, async (dataCentre, body, request) => {
      const { name, type } = body;
      if (!name) return incomplete('QoS', 'name', 'add');
      if (type === undefined) return incomplete('QoS', 'type', 'add');
      const qos = await createQos(engine, actorOf(request), {
        ...{ id: engine.newId(), dataCentreId: dataCentre.id, type, name },
        ...{ description: body.description ?? '', comment: body.comment ?? '' },
        ...namedQosValues(type, body, null),
      });
      return qos instanceof Problem ? qos : created('qos', namedQosToWire(request.base, qos));
    }),
    get('qos', `${path}/:qos`, find, (found, { base }) => namedQosToWire(base, found)),
    put('qos', `${path}/:qos`, find, async (found, body, request) => {
      const change = (stored: NamedQos): NamedQos => ({
        ...stored,
        ...namedQosValues(stored.type, body, stored),
        name: body.name || stored.name,
        description: body.description ?? stored.description,
        comment: body.comment ?? stored.comment,
        type: body.type ?? stored.type,
        dataCentreId: body.data_center?.id ?? stored.dataCentreId,
      });
      const changed = await updateQos(engine, actorOf(request), found, change, rolloutOptions(request));
      if (changed instanceof Problem) return changed;
      return followedBy(request.base, changed.jobId, entity('qos', namedQosToWire(request.base, changed.value)));
    }),
    remove(`${path}/:qos`, find, async (found, request) => {
      const removed = await removeQos(engine, actorOf(request), found, rolloutOptions(request));
      return removed instanceof Problem ? removed : done(request.base, removed.jobId);
    }),
  ];
}
