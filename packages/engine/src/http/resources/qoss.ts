/** Named QoS of a data centre (wire 5.11). */
import type { NamedQos } from '@patchbay/model';
import { namedQosToWire, namedQosValues } from '../../mapping/qos.ts';
import type { Engine } from '../../operations/engine.ts';
import { createQos, removeQos, updateQos } from '../../operations/qos.ts';
import { incomplete, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, collection, created, entity, type Route } from '../api.ts';
import { actorOf, done, findById } from './common.ts';
import { immutable } from './networks.ts';

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
    {
      method: 'GET',
      path,
      async handle(request) {
        const dataCentre = await owner(request);
        if (dataCentre instanceof Problem) return dataCentre;
        const all = await engine.store.list('qos', dataCentre.id);
        return collection(
          'qos',
          all.map((one) => namedQosToWire(request.base, one)),
        );
      },
    },
    {
      method: 'POST',
      path,
      async handle(request) {
        const dataCentre = await owner(request);
        if (dataCentre instanceof Problem) return dataCentre;
        const body = request.body('qos');
        if (body instanceof Problem) return body;
        const { name, type } = body;
        if (!name) return incomplete('QoS', 'name', 'add');
        if (type === undefined) return incomplete('QoS', 'type', 'add');
        const qos = await createQos(engine, actorOf(request), {
          ...{ id: engine.newId(), dataCentreId: dataCentre.id, type, name },
          ...{ description: body.description ?? '', comment: body.comment ?? '' },
          ...namedQosValues(type, body, null),
        });
        return qos instanceof Problem ? qos : created('qos', namedQosToWire(request.base, qos));
      },
    },
    {
      method: 'GET',
      path: `${path}/:qos`,
      async handle(request) {
        const found = await find(request);
        return found instanceof Problem ? found : entity('qos', namedQosToWire(request.base, found));
      },
    },
    {
      method: 'PUT',
      path: `${path}/:qos`,
      async handle(request) {
        const found = await find(request);
        if (found instanceof Problem) return found;
        const body = request.body('qos');
        if (body instanceof Problem) return body;
        if (body.id !== undefined && body.id !== found.id) return immutable('id');
        const changed = await updateQos(engine, actorOf(request), found, (stored) => ({
          ...stored,
          ...namedQosValues(stored.type, body, stored),
          name: body.name || stored.name,
          description: body.description ?? stored.description,
          comment: body.comment ?? stored.comment,
          type: body.type ?? stored.type,
          dataCentreId: body.data_center?.id ?? stored.dataCentreId,
        }));
        return changed instanceof Problem ? changed : entity('qos', namedQosToWire(request.base, changed));
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:qos`,
      async handle(request) {
        const found = await find(request);
        if (found instanceof Problem) return found;
        const problem = await removeQos(engine, actorOf(request), found);
        return problem ?? done(request.base);
      },
    },
  ];
}
