/** `/networks/{n}/networklabels`: a network has one label at most. */
import { networkLabelToWire } from '../../mapping/label.ts';
import type { Engine } from '../../operations/engine.ts';
import { labelNetwork, unlabelNetwork } from '../../operations/network-labels.ts';
import { incomplete, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, created, type Route } from '../api.ts';
import { get, list, post, remove } from '../verbs.ts';
import { actorOf, done, findById, followedBy, rolloutOptions } from './common.ts';

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
    list('network_label', path, find, ({ id, label }, { base }) =>
      label === null ? [] : [networkLabelToWire(base, id, label)],
    ),
    post('network_label', path, find, async ({ id }, body, request) => {
      if (!body.id) return incomplete('NetworkLabel', 'id', 'add');
      const labelled = await labelNetwork(engine, actorOf(request), id, body.id, rolloutOptions(request));
      if (labelled instanceof Problem) return labelled;
      const shown = created('network_label', networkLabelToWire(request.base, id, body.id));
      return followedBy(request.base, labelled.jobId, shown);
    }),
    get('network_label', `${path}/:label`, findLabel, ({ network, label }, { base }) =>
      networkLabelToWire(base, network.id, label),
    ),
    remove(`${path}/:label`, findLabel, async ({ network, label }, request) => {
      const unlabelled = await unlabelNetwork(engine, actorOf(request), network.id, label, rolloutOptions(request));
      return unlabelled instanceof Problem ? unlabelled : done(request.base, unlabelled.jobId);
    }),
  ];
}
