/** `/hosts/{h}/nics/{n}/networklabels`: putting a label on a nic brings its networks, taking it off takes them along. */
import { emptyChangeSet, validateLabelRemoval, validateNewLabel } from '@patchbay/model';
import { nicLabelToWire } from '../../mapping/label.ts';
import type { HostChange } from '../../operations/change-host.ts';
import type { Engine } from '../../operations/engine.ts';
import type { Build } from '../../operations/judge-change.ts';
import { note } from '../../operations/note.ts';
import { fromViolations, incomplete, notFound, Problem } from '../../problem.ts';
import { type Answer, type ApiRequest, created, type Route } from '../api.ts';
import { get, list, post, remove } from '../verbs.ts';
import { actorOf, done, findNic, findState } from './common.ts';
import { answerHostChange } from './host-change.ts';
import { transactionOptions } from './setup-networks.ts';

const path = '/hosts/:host/nics/:nic/networklabels';

export function nicLabels(engine: Engine): Route[] {
  const find = async (request: ApiRequest) => {
    const state = await findState(engine, request);
    if (state instanceof Problem) return state;
    const nic = findNic(state, request);
    return nic instanceof Problem ? nic : { host: state.host, nic };
  };
  const findLabel = async (request: ApiRequest) => {
    const found = await find(request);
    if (found instanceof Problem) return found;
    const label = request.params['label'] ?? '';
    return found.nic.labels.includes(label) ? { ...found, label } : notFound(`label of nic ${found.nic.name}`, label);
  };
  /** One label put on or taken off, with oVirt's event for how it went. */
  const change = async (
    request: ApiRequest,
    { host, nic }: Exclude<Awaited<ReturnType<typeof find>>, Problem>,
    what: { verb: string; event: 'LABEL_NIC' | 'UNLABEL_NIC'; label: string },
    build: Build,
    answer: (change: HostChange) => Answer,
  ) => {
    const { verb, event, label } = what;
    const text = `${verb} label ${label} ${event === 'LABEL_NIC' ? 'on' : 'off'} nic ${nic.name}`;
    const ended = async (outcome: unknown) => {
      const failed = outcome instanceof Problem;
      await engine.store.write((tx) =>
        note(
          tx,
          engine,
          actorOf(request),
          failed ? `${event}_FAILED` : event,
          `${text} of host ${host.name} ${failed ? `failed: ${outcome.detail}` : 'succeeded.'}`,
          { host },
        ),
      );
    };
    return answerHostChange(engine, request, { hostId: host.id, description: text, build, ended }, answer);
  };
  return [
    list('network_label', path, find, ({ nic }, { base }) =>
      nic.labels.map((label) => nicLabelToWire(base, nic, label)),
    ),
    post('network_label', path, find, async (found, body, request) => {
      if (!body.id) return incomplete('NetworkLabel', 'id', 'add');
      const { nic } = found;
      const label = { label: body.id, nic: { id: nic.id, name: null }, path: 'network_label' };
      const what = { verb: 'Putting', event: 'LABEL_NIC', label: body.id } as const;
      const build: Build = (now) => {
        const violations = validateNewLabel(now, label);
        if (violations.length > 0) return fromViolations(violations);
        return { ...emptyChangeSet(), ...transactionOptions(request), labels: [label] };
      };
      return change(request, found, what, build, () =>
        created('network_label', nicLabelToWire(request.base, nic, label.label)),
      );
    }),
    get('network_label', `${path}/:label`, findLabel, ({ nic, label }, { base }) => nicLabelToWire(base, nic, label)),
    remove(`${path}/:label`, findLabel, async (found, request) => {
      const { nic, label } = found;
      const what = { verb: 'Taking', event: 'UNLABEL_NIC', label } as const;
      const build: Build = (now) => {
        const violations = validateLabelRemoval(now, {
          label,
          nic: { id: nic.id, name: null },
          path: 'network_label',
        });
        if (violations.length > 0) return fromViolations(violations);
        const removedLabels = [{ label, path: 'network_label' }];
        return { ...emptyChangeSet(), ...transactionOptions(request), removedLabels };
      };
      return change(request, found, what, build, ({ jobId }) => done(request.base, jobId));
    }),
  ];
}
