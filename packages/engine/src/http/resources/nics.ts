/**
 * Host nics: physical ones, bonds and VLAN devices. Writing them is the older spelling: POST makes a bond, PUT changes
 * it, DELETE removes it with everything on it (rules 6: S-06, S-07, S-08).
 */
import { type ChangeSet, emptyChangeSet, type HostState, isInSync, type Nic, validateNewBond } from '@patchbay/model';
import { bondChange } from '../../mapping/change-set.ts';
import { type NicView, nicToWire } from '../../mapping/nic.ts';
import type { Engine } from '../../operations/engine.ts';
import { fromViolations, incomplete, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, created, entity, type Route } from '../api.ts';
import { get, list, post, put, remove } from '../verbs.ts';
import { done, findNic, findState } from './common.ts';
import { answerHostChange } from './host-change.ts';
import { transactionOptions } from './setup-networks.ts';

export function nics(engine: Engine): Route[] {
  const find = async (request: ApiRequest) => {
    const state = await findState(engine, request);
    if (state instanceof Problem) return state;
    const nic = findNic(state, request);
    return nic instanceof Problem ? nic : { state, nic };
  };
  const path = '/hosts/:host/nics';
  const host = (request: ApiRequest) => findState(engine, request);
  return [
    list('host_nic', path, host, (state, { base, allContent }) =>
      state.nics.map((nic) => nicToWire(base, nicView(state, nic, allContent))),
    ),
    get('host_nic', `${path}/:nic`, find, ({ state, nic }, { base, allContent }) =>
      nicToWire(base, nicView(state, nic, allContent)),
    ),
    post('host_nic', path, host, async (state, body, request) => {
      if (!body.name) return incomplete('HostNic', 'name', 'add');
      const name = body.name;
      if (body.bonding?.slaves === undefined) return incomplete('HostNic', 'bonding.slaves', 'add');
      const bond = bondChange({ ...body, id: undefined }, 'host_nic');
      const build = (now: HostState) => {
        const violations = validateNewBond(now, bond);
        if (violations.length > 0) return fromViolations(violations);
        return { ...emptyChangeSet(), ...transactionOptions(request), bonds: [bond] };
      };
      const wanted = { hostId: state.host.id, description: `Creating bond ${name}`, build };
      return answerHostChange(engine, request, wanted, (result) => {
        const added = result.state.nics.find((nic) => nic.name === name);
        return added === undefined
          ? notFound('nic', name)
          : created('host_nic', nicToWire(request.base, nicView(result.state, added, request.allContent)));
      });
    }),
    put('host_nic', `${path}/:nic`, find, async ({ state, nic }, body, request) => {
      const bond = bondChange({ ...body, id: nic.id }, 'host_nic');
      const wanted = {
        hostId: state.host.id,
        description: `Changing bond ${nic.name}`,
        build: () => ({ ...emptyChangeSet(), ...transactionOptions(request), bonds: [bond] }),
      };
      return answerHostChange(engine, request, wanted, (result) => {
        const changed = result.state.nics.find((n) => n.id === nic.id) ?? nic;
        return entity('host_nic', nicToWire(request.base, nicView(result.state, changed, request.allContent)));
      });
    }),
    remove(`${path}/:nic`, find, async ({ state, nic }, request) => {
      const wanted = {
        hostId: state.host.id,
        description: `Removing bond ${nic.name}`,
        build: (now: HostState) => ({ ...withoutBond(now, nic), ...transactionOptions(request) }),
      };
      return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
    }),
  ];
}

/** Removing a bond in the older spelling takes the attachments and labels on it along. */
function withoutBond(state: HostState, nic: Nic): ChangeSet {
  const here = state.attachments.filter((a) => a.nicId === nic.id);
  return {
    ...emptyChangeSet(),
    removedBonds: [{ id: nic.id, name: null, path: 'host_nic' }],
    removedAttachments: here.map(({ id }) => ({ id, network: null, path: `attachments of ${nic.name}` })),
    removedLabels: nic.labels.map((label) => ({ label, path: `labels of ${nic.name}` })),
  };
}

/** A nic with what is observed of it and the one network that is on the device itself. */
function nicView(state: HostState, nic: Nic, allContent: boolean): NicView {
  const networks = state.observed?.networks ?? [];
  const observed = networks.find((n) => n.southbound === nic.name);
  const known = observed && state.networks.find((n) => n.vdsmName === observed.vdsmName);
  const attachment =
    known === undefined
      ? state.attachments.find((a) => a.nicId === nic.id && vlanOf(state, a.networkId) === null)
      : state.attachments.find((a) => a.networkId === known.id);
  const wished = state.networks.find((n) => n.id === attachment?.networkId);
  const name = wished?.name ?? observed?.vdsmName;
  return {
    nic,
    observed: state.observed?.nics.find((n) => n.name === nic.name),
    network:
      name === undefined
        ? null
        : {
            observed,
            id: wished?.id ?? known?.id ?? null,
            name,
            inSync: attachment === undefined ? null : isInSync(state, attachment),
          },
    properties: attachment?.properties ?? {},
    allContent,
    idOf: (other) => state.nics.find((n) => n.name === other)?.id,
  };
}

function vlanOf(state: HostState, networkId: string): number | null | undefined {
  return state.networks.find((n) => n.id === networkId)?.vlan;
}

export function unmanagedNetworks(engine: Engine): Route[] {
  const all = (base: string, state: HostState) => {
    const managed = new Set(state.networks.map((n) => n.vdsmName));
    return (state.observed?.networks ?? [])
      .filter((n) => !managed.has(n.vdsmName))
      .map((network) => {
        // The id is the name in hexadecimal: nothing is stored of a network that nobody manages.
        const id = Buffer.from(network.vdsmName, 'utf8').toString('hex');
        const host = { id: state.host.id, href: `${base}/hosts/${state.host.id}` };
        const nic = state.nics.find((n) => n.name === network.southbound);
        return {
          network,
          wire: {
            href: `${host.href}/unmanagednetworks/${id}`,
            id,
            name: network.vdsmName,
            host,
            ...(nic === undefined ? {} : { host_nic: { id: nic.id, href: `${host.href}/nics/${nic.id}` } }),
          },
        };
      });
  };
  const find = async (request: ApiRequest) => {
    const state = await findState(engine, request);
    if (state instanceof Problem) return state;
    const id = request.params['id'] ?? '';
    const found = all(request.base, state).find((u) => u.wire.id === id);
    return found === undefined ? notFound(`unmanaged network on host ${state.host.name}`, id) : { state, ...found };
  };
  const path = '/hosts/:host/unmanagednetworks';
  const host = (request: ApiRequest) => findState(engine, request);
  return [
    list('unmanaged_network', path, host, (state, { base }) => all(base, state).map((u) => u.wire)),
    get('unmanaged_network', `${path}/:id`, find, ({ wire }) => wire),
    remove(`${path}/:id`, find, async ({ state, network }, request) => {
      const name = network.vdsmName;
      const wanted = {
        hostId: state.host.id,
        description: `Removing unmanaged network ${name}`,
        build: () => ({ ...emptyChangeSet(), ...transactionOptions(request), removedUnmanaged: [name] }),
      };
      return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
    }),
  ];
}
