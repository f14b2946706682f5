/** Network attachments, of a host and of a nic: the same entities under two addresses (wire 5.4). */
import {
  type Attachment,
  emptyChangeSet,
  type HostState,
  reportedConfigurations,
  validateNewAttachment,
} from '@patchbay/model';
import { attachmentToWire } from '../../mapping/attachment.ts';
import { attachmentChange } from '../../mapping/change-set.ts';
import type { HostChange } from '../../operations/change-host.ts';
import type { Engine } from '../../operations/engine.ts';
import { fromViolations, incomplete, invalid, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, created, entity, type Route } from '../api.ts';
import { get, list, post, put, remove } from '../verbs.ts';
import { done, findNic, findState } from './common.ts';
import { answerHostChange } from './host-change.ts';
import { transactionOptions } from './setup-networks.ts';

export function attachments(engine: Engine): Route[] {
  return [
    ...scoped(engine, 'host', '/hosts/:host/networkattachments'),
    ...scoped(engine, 'nic', '/hosts/:host/nics/:nic/networkattachments'),
  ];
}

type Scope = 'host' | 'nic';

function scoped(engine: Engine, scope: Scope, path: string): Route[] {
  const show = (request: ApiRequest, state: HostState, attachment: Attachment) =>
    attachmentToWire(request.base, attachment, reportedConfigurations(state, attachment), scope);
  const where = (request: ApiRequest) => findScope(engine, request, scope);
  const find = (request: ApiRequest) => findAttachment(engine, request, scope);
  return [
    list('network_attachment', path, where, (state, request) => state.here.map((a) => show(request, state, a))),
    post('network_attachment', path, where, async (state, body, request) => {
      if (body.network?.id === undefined && body.network?.name === undefined) {
        return incomplete('NetworkAttachment', 'network.id|name', 'add');
      }
      const change = attachmentChange(body, 'network_attachment');
      if (change instanceof Problem) return change;
      if (state.nic !== null) {
        const { id = state.nic.id, name = state.nic.name } = body.host_nic ?? {};
        if (id !== state.nic.id || name !== state.nic.name) {
          return invalid(
            'REQ-03',
            `The body names nic ${body.host_nic?.id ?? body.host_nic?.name} but the address names ${state.nic.name}. (REQ-03)`,
          );
        }
        change.nic = { id: state.nic.id, name: null };
      }
      const build = (now: HostState) => {
        const violations = validateNewAttachment(now, change);
        if (violations.length > 0) return fromViolations(violations);
        return { ...emptyChangeSet(), ...transactionOptions(request), attachments: [change] };
      };
      const wanted = { hostId: state.host.id, description: 'Adding a network attachment', build };
      const { network } = body;
      return answerHostChange(engine, request, wanted, (result) => {
        const added = attachmentOf(network, result);
        return added === undefined
          ? gone(network.id ?? network.name ?? '')
          : created('network_attachment', show(request, result.state, added));
      });
    }),
    get('network_attachment', `${path}/:attachment`, find, ({ state, attachment }, request) =>
      show(request, state, attachment),
    ),
    put('network_attachment', `${path}/:attachment`, find, async ({ state, attachment: { id } }, body, request) => {
      const change = attachmentChange({ ...body, id }, 'network_attachment');
      if (change instanceof Problem) return change;
      change.override ||= request.query.flag('override_configuration') ?? false;
      const wanted = {
        hostId: state.host.id,
        description: 'Changing a network attachment',
        build: () => ({ ...emptyChangeSet(), ...transactionOptions(request), attachments: [change] }),
      };
      return answerHostChange(engine, request, wanted, (result) => {
        const changed = result.state.attachments.find((a) => a.id === id);
        return changed === undefined ? gone(id) : entity('network_attachment', show(request, result.state, changed));
      });
    }),
    remove(`${path}/:attachment`, find, async ({ state, attachment: { id } }, request) => {
      const wanted = {
        hostId: state.host.id,
        description: 'Removing a network attachment',
        build: () => ({
          ...emptyChangeSet(),
          ...transactionOptions(request),
          removedAttachments: [{ id, network: null, path: 'network_attachment' }],
        }),
      };
      return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
    }),
  ];
}

async function findScope(engine: Engine, request: ApiRequest, scope: Scope) {
  const state = await findState(engine, request);
  if (state instanceof Problem) return state;
  const nic = scope === 'nic' ? findNic(state, request) : null;
  if (nic instanceof Problem) return nic;
  const here = nic === null ? state.attachments : state.attachments.filter((a) => a.nicId === nic.id);
  return { ...state, nic, here };
}

async function findAttachment(engine: Engine, request: ApiRequest, scope: Scope) {
  const state = await findScope(engine, request, scope);
  if (state instanceof Problem) return state;
  const id = request.params['attachment'] ?? '';
  const attachment = state.here.find((a) => a.id === id);
  const where = state.nic === null ? `host ${state.host.name}` : `nic ${state.nic.name} of host ${state.host.name}`;
  return attachment === undefined ? notFound(`network attachment on ${where}`, id) : { state, attachment };
}

/** The one attachment of that network; another client may have added others meanwhile. */
function attachmentOf(
  link: { id?: string | undefined; name?: string | undefined },
  { state }: HostChange,
): Attachment | undefined {
  const network = state.networks.find((n) => (link.id === undefined ? n.name === link.name : n.id === link.id));
  return state.attachments.find((a) => a.networkId === network?.id);
}

function gone(id: string): Problem {
  return notFound('network attachment (another request removed it meanwhile)', id);
}
