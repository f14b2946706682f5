/** `/networks/{n}/networklabels`: a network has one label at most. */
import { networkLabelToWire } from '../../mapping/label.ts';
import type { Engine } from '../../operations/engine.ts';
import { labelNetwork, unlabelNetwork } from '../../operations/network-labels.ts';
import { incomplete, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, collection, created, entity, type Route } from '../api.ts';
import { actorOf, done, findById } from './common.ts';

const path = '/networks/:network/networklabels';

export function networkLabels(engine: Engine): Route[] {
  const find = (request: ApiRequest) => findById(engine, 'network', request.params['network'], 'network');
  const findLabel = async (request: ApiRequest) => {
    const network = await find(request);
    if (network instanceof Problem) return network;
    const label = request.params['label'] ?? '';
    return network.label === label ? { network, label } : notFound(`label of network ${network.name}`, label);
  };
  return [
    {
      method: 'GET',
      path,
      async handle(request) {
        const network = await find(request);
        if (network instanceof Problem) return network;
        const { id, label } = network;
        return collection('network_label', label === null ? [] : [networkLabelToWire(request.base, id, label)]);
      },
    },
    {
      method: 'POST',
      path,
      async handle(request) {
        const network = await find(request);
        if (network instanceof Problem) return network;
        const body = request.body('network_label');
        if (body instanceof Problem) return body;
        if (!body.id) return incomplete('NetworkLabel', 'id', 'add');
        const labelled = await labelNetwork(engine, actorOf(request), network.id, body.id);
        return labelled instanceof Problem
          ? labelled
          : created('network_label', networkLabelToWire(request.base, network.id, body.id));
      },
    },
    {
      method: 'GET',
      path: `${path}/:label`,
      async handle(request) {
        const found = await findLabel(request);
        return found instanceof Problem
          ? found
          : entity('network_label', networkLabelToWire(request.base, found.network.id, found.label));
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:label`,
      async handle(request) {
        const found = await findLabel(request);
        if (found instanceof Problem) return found;
        const unlabelled = await unlabelNetwork(engine, actorOf(request), found.network.id, found.label);
        return unlabelled instanceof Problem ? unlabelled : done(request.base);
      },
    },
  ];
}
