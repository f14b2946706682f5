/**
 * Virtual functions of a nic (SR-IOV): how many there are, and which networks may use them. The lists say
 * something only while not all networks are allowed.
 */
import {
  aboutNic,
  emptyChangeSet,
  everyNetwork,
  type HostState,
  type Nic,
  type VfChange,
  validateVfAllowance,
  validateVfCount,
} from '@patchbay/model';
import type { EventName } from '../../events/catalogue.ts';
import { nicLabelToWire } from '../../mapping/label.ts';
import { reference } from '../../mapping/link.ts';
import type { HostChange } from '../../operations/change-host.ts';
import type { Engine } from '../../operations/engine.ts';
import type { Build } from '../../operations/judge-change.ts';
import { note } from '../../operations/note.ts';
import { fromViolations, incomplete, notFound, Problem } from '../../problem.ts';
import { type Answer, type ApiRequest, created, type Route } from '../api.ts';
import { act, get, list, post, postLikeAction, remove } from '../verbs.ts';
import { actorOf, done, findNic, findState, resolve } from './common.ts';
import { answerHostChange } from './host-change.ts';
import { actionOptions, transactionOptions } from './setup-networks.ts';

const path = '/hosts/:host/nics/:nic';
const networksPath = `${path}/virtualfunctionallowednetworks`;
const labelsPath = `${path}/virtualfunctionallowedlabels`;

interface Found {
  state: HostState;
  nic: Nic;
}

/** A network or label on the list of a nic. */
interface Listed {
  kind: 'network' | 'label';
  add: boolean;
  /** Id of the network, or the label; null when there is no such network. */
  id: string | null;
  /** As the client names it. */
  ref: string;
}

export function virtualFunctions(engine: Engine): Route[] {
  const find = async (request: ApiRequest): Promise<Found | Problem> => {
    const state = await findState(engine, request);
    if (state instanceof Problem) return state;
    const nic = findNic(state, request);
    return nic instanceof Problem ? nic : { state, nic };
  };
  /** One change of the nic's functions, with oVirt's event for how it went. */
  const change = (
    request: ApiRequest,
    { state: { host }, nic }: Found,
    what: { description: string; event: EventName; failure: EventName },
    wish: (now: Found) => Omit<VfChange, 'nic' | 'path'> | Problem,
    answer: (change: HostChange) => Answer,
    options = transactionOptions(request),
  ) => {
    const { description, event, failure } = what;
    const build: Build = (state) => {
      const found = state.nics.find(({ id }) => id === nic.id);
      if (found === undefined) return notFound(`nic on host ${host.name}`, nic.id);
      const wanted = wish({ state, nic: found });
      if (wanted instanceof Problem) return wanted;
      const path = 'virtual_functions_configuration';
      return {
        ...emptyChangeSet(),
        ...options,
        virtualFunctions: [{ nic: { id: nic.id, name: null }, ...wanted, path }],
      };
    };
    const ended = async (outcome: unknown) => {
      const [name, how] =
        outcome instanceof Problem ? [failure, `failed: ${outcome.detail}`] : ([event, 'succeeded.'] as const);
      const text = `${description} of host ${host.name} ${how}`;
      await engine.store.write((tx) => note(tx, engine, actorOf(request), name, text, { host }));
    };
    return answerHostChange(engine, request, { hostId: host.id, description, build, ended }, answer);
  };
  const changeList = (request: ApiRequest, found: Found, listed: Listed, answer: (change: HostChange) => Answer) => {
    const { kind, add, ref } = listed;
    const event = `${add ? 'ADD' : 'REMOVE'}_VFS_CONFIG_${kind === 'network' ? 'NETWORK' : 'LABEL'}` as const;
    const what = {
      description: `${add ? 'Allowing' : 'No longer allowing'} ${kind} ${ref} to use virtual functions of nic ${found.nic.name}`,
      event,
      failure: `${event}_FAILED` as const,
    };
    return change(request, found, what, (now) => listedChange(now, listed), answer);
  };
  const findLabel = async (request: ApiRequest) => {
    const found = await find(request);
    return found instanceof Problem ? found : { ...found, label: request.params['label'] ?? '' };
  };
  const findNetwork = async (request: ApiRequest) => {
    const found = await find(request);
    return found instanceof Problem ? found : { ...found, id: request.params['network'] ?? '' };
  };
  const complete = (request: ApiRequest) => (result: HostChange) => done(request.base, result.jobId);

  return [
    act(`${path}/updatevirtualfunctionsconfiguration`, find, (found, body, request) => {
      const { number_of_virtual_functions: count, all_networks_allowed: allNetworksAllowed } =
        body.virtual_functions_configuration ?? {};
      const what = {
        description: `Changing the virtual functions of nic ${found.nic.name}`,
        event: 'UPDATE_HOST_NIC_VFS_CONFIG',
        failure: 'UPDATE_HOST_NIC_VFS_CONFIG_FAILED',
      } as const;
      const wish = ({ state, nic }: Found) => {
        const asked = { count: count ?? null, allNetworksAllowed: allNetworksAllowed ?? null };
        const violations = validateVfCount({ ...aboutNic(state, nic), ...asked });
        if (violations.length > 0) return fromViolations(violations);
        return {
          ...(count === undefined ? {} : { count }),
          ...(allNetworksAllowed === undefined ? {} : { allNetworksAllowed }),
        };
      };
      return change(request, found, what, wish, complete(request), actionOptions(body));
    }),
    list('network', networksPath, find, ({ nic }, { base }) =>
      listOf(nic).networkIds.map((id) => allowedNetwork(base, nic, id)),
    ),
    // oVirt answers this one addition like an action.
    postLikeAction('network', networksPath, find, (found, body, request) => {
      const ref = body.name ?? body.id;
      if (ref === undefined) return incomplete('Network', 'id|name', 'add');
      const { networks, otherNetworks } = found.state;
      const id = resolve([...networks, ...otherNetworks], body)?.id ?? null;
      return changeList(request, found, { kind: 'network', add: true, id, ref }, complete(request));
    }),
    get('network', `${networksPath}/:network`, findNetwork, ({ nic, id }, { base }) =>
      listOf(nic).networkIds.includes(id) ? allowedNetwork(base, nic, id) : notListed(nic, 'network', id),
    ),
    remove(`${networksPath}/:network`, findNetwork, ({ id, ...found }, request) => {
      const { networks, otherNetworks } = found.state;
      const ref = [...networks, ...otherNetworks].find((one) => one.id === id)?.name ?? id;
      return changeList(request, found, { kind: 'network', add: false, id, ref }, complete(request));
    }),
    list('network_label', labelsPath, find, ({ nic }, { base }) =>
      listOf(nic).labels.map((label) => allowedLabel(base, nic, label)),
    ),
    post('network_label', labelsPath, find, (found, body, request) => {
      const { id } = body;
      if (!id) return incomplete('NetworkLabel', 'id', 'add');
      return changeList(request, found, { kind: 'label', add: true, id, ref: id }, () =>
        created('network_label', allowedLabel(request.base, found.nic, id)),
      );
    }),
    get('network_label', `${labelsPath}/:label`, findLabel, ({ nic, label }, { base }) =>
      listOf(nic).labels.includes(label) ? allowedLabel(base, nic, label) : notListed(nic, 'label', label),
    ),
    remove(`${labelsPath}/:label`, findLabel, ({ label: id, ...found }, request) =>
      changeList(request, found, { kind: 'label', add: false, id, ref: id }, complete(request)),
    ),
  ];
}

/** The list of the nic with one more on it, or one less. */
function listedChange({ state, nic }: Found, { kind, add, id, ref }: Listed) {
  const violations = validateVfAllowance({ ...aboutNic(state, nic), kind, add, id, ref });
  if (violations.length > 0 || id === null) return fromViolations(violations);
  const { networkIds, labels } = listOf(nic);
  const changed = (all: readonly string[]) => (add ? [...all, id] : all.filter((one) => one !== id));
  return kind === 'network' ? { networkIds: changed(networkIds) } : { labels: changed(labels) };
}

function listOf({ vfs }: Nic) {
  return vfs ?? everyNetwork;
}

/** By its place in the list: what deletes there takes it off the list and leaves the network. */
function allowedNetwork(base: string, { hostId, id: nicId }: Nic, id: string) {
  return reference(base, `hosts/${hostId}/nics/${nicId}/virtualfunctionallowednetworks`, id);
}

function allowedLabel(base: string, nic: Nic, label: string) {
  return nicLabelToWire(base, nic, label, 'virtualfunctionallowedlabels');
}

function notListed(nic: Nic, kind: 'network' | 'label', id: string): Problem {
  return notFound(`${kind} that virtual functions of nic ${nic.name} may use`, id);
}
