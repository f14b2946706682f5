/** `/hosts/{h}/statistics` and `/hosts/{h}/nics/{n}/statistics` (wire 5.9). */
import type { ApiObject } from '@patchbay/wire';
import { reference } from '../../mapping/link.ts';
import { hostStatisticsToWire, nicStatistics } from '../../mapping/statistic.ts';
import type { Engine } from '../../operations/engine.ts';
import { hostStatistics } from '../../operations/statistics.ts';
import { notFound, Problem } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { get, list } from '../verbs.ts';
import { findHost, findNic, findState } from './common.ts';

type Statistics = ApiObject<'statistic'>[];

export function statistics(engine: Engine): Route[] {
  // Many nics of one host are answered by asking it once.
  const counted = ({ once }: ApiRequest, hostId: string) =>
    once(`statistics of ${hostId}`, () => hostStatistics(engine, hostId));
  const ofHost = async (request: ApiRequest): Promise<Statistics | Problem> => {
    const host = await findHost(engine, request);
    if (host instanceof Problem) return host;
    return hostStatisticsToWire(reference(request.base, 'hosts', host.id), await counted(request, host.id));
  };
  const ofNic = async (request: ApiRequest): Promise<Statistics | Problem> => {
    const state = await findState(engine, request);
    if (state instanceof Problem) return state;
    const nic = findNic(state, request);
    if (nic instanceof Problem) return nic;
    const host = await counted(request, state.host.id);
    const owner = reference(request.base, `hosts/${state.host.id}/nics`, nic.id);
    return nicStatistics(owner, host?.links[nic.name] ?? null);
  };
  return [...at('/hosts/:host/statistics', ofHost), ...at('/hosts/:host/nics/:nic/statistics', ofNic)];
}

function at(path: string, all: (request: ApiRequest) => Promise<Statistics | Problem>): Route[] {
  const find = async (request: ApiRequest) => {
    const found = await all(request);
    const id = request.params['statistic'] ?? '';
    return found instanceof Problem ? found : (found.find((one) => one.id === id) ?? notFound('statistic', id));
  };
  return [
    list('statistic', path, all, (found) => found),
    get('statistic', `${path}/:statistic`, find, (found) => found),
  ];
}
