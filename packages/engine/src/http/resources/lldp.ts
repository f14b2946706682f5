/** `/hosts/{h}/nics/{n}/linklayerdiscoveryprotocolelements`: what the neighbour of a nic tells (wire 5.8). */
import { lldpElementToWire } from '../../mapping/lldp.ts';
import type { Engine } from '../../operations/engine.ts';
import { hostNeighbours } from '../../operations/lldp.ts';
import { invalid, Problem } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { list } from '../verbs.ts';
import { findNic, findState } from './common.ts';

export function lldp(engine: Engine): Route[] {
  const find = async (request: ApiRequest) => {
    const state = await findState(engine, request);
    if (state instanceof Problem) return state;
    const nic = findNic(state, request);
    if (nic instanceof Problem) return nic;
    if (nic.kind === 'nic') return { hostId: state.host.id, nic };
    const what = nic.kind === 'bond' ? 'a bond' : 'a VLAN device';
    return invalid('LLDP', `${nic.name} on host ${state.host.name} is ${what}: only its ports hear their neighbours.`);
  };
  const path = '/hosts/:host/nics/:nic/linklayerdiscoveryprotocolelements';
  return [
    list('link_layer_discovery_protocol_element', path, find, async ({ hostId, nic }, { once }) => {
      // Many nics of one host are answered by asking it once.
      const heard = await once(`neighbours of ${hostId}`, () => hostNeighbours(engine, hostId));
      return (heard?.nics[nic.name] ?? []).map(lldpElementToWire);
    }),
  ];
}
