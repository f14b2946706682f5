/** `copyhostnetworks`: a host gets the networks of another (wire 5.2, rules 5.4). */
import {
  type Copy,
  type CopyExtra,
  copyCandidates,
  copyExtras,
  copyNetworks,
  type HostState,
  pairedCandidates,
  validateCopy,
} from '@patchbay/model';
import type { Engine } from '../../operations/engine.ts';
import { loadHost } from '../../operations/load-host.ts';
import { note } from '../../operations/note.ts';
import { withWorkload } from '../../operations/workloads.ts';
import { fromViolations, invalid, Problem } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { act } from '../verbs.ts';
import { actorOf, done, findHost, resolve } from './common.ts';
import { answerHostChange } from './host-change.ts';

/**
 * Ours beside oVirt's: `include=labels,qos,dns,properties` copies these, too; `nics=eth1:eth3,eth2:eth4` pairs nics of the
 * source with nics of the target, instead of one by one in the order of their names; `preview` shows what would be done.
 */
export function copyHostNetworks(engine: Engine): Route[] {
  const find = (request: ApiRequest) => findHost(engine, request);
  return [
    act('/hosts/:host/copyhostnetworks', find, async (host, body, request) => {
      const include = extras(request.query.text('include'));
      if (include instanceof Problem) return include;
      const sourceRef = body.source_host?.id ?? body.source_host?.name ?? null;
      const source = resolve(await engine.store.list('host'), body.source_host) ?? null;
      const clusters = await engine.store.list('cluster');
      const build = async (target: HostState) => {
        const loaded = source === null ? undefined : await loadHost(engine.store, source.id);
        const from = loaded && (await withWorkload(engine.workloads, loaded));
        const nics = request.query.text('nics');
        const candidates =
          from === undefined || nics !== null
            ? null
            : { source: pairedCandidates(from), target: pairedCandidates(target) };
        const violations = validateCopy({
          ...{ sourceRef, source, target: target.host, candidates },
          clusterOf: ({ clusterId }) => clusters.find((one) => one.id === clusterId) ?? { name: clusterId },
        });
        if (violations.length > 0 || from === undefined) return fromViolations(violations);
        const pairs = nics === null ? inOrder(from, target) : asTold(nics, from, target);
        if (pairs instanceof Problem) return pairs;
        const { check_connectivity: checkConnectivity, connectivity_timeout: connectivityTimeout } = body;
        return {
          ...copyNetworks({ source: from, target, pairs, include }),
          ...(checkConnectivity === undefined ? {} : { checkConnectivity }),
          ...(connectivityTimeout === undefined ? {} : { connectivityTimeout }),
        };
      };
      const wanted = {
        hostId: host.id,
        description: `Copying networks of host ${source?.name ?? sourceRef ?? '(none given)'}`,
        build,
        ended: async (outcome: object) => {
          const what = `of host ${source?.name ?? sourceRef} to host ${host.name}`;
          const [event, text] = !(outcome instanceof Problem)
            ? (['NETWORK_COPY_HOST_NETWORKS', `Networks ${what} were copied.`] as const)
            : outcome.code === 'COPY-04'
              ? (['NETWORK_COPY_HOST_NETWORKS_INVALID_IFACE_COUNT', outcome.detail] as const)
              : (['NETWORK_COPY_HOST_NETWORKS_FAILED', `Networks ${what} were not copied: ${outcome.detail}`] as const);
          await engine.store.write((tx) => note(tx, engine, actorOf(request), event, text, { host }));
        },
      };
      return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
    }),
  ];
}

function extras(text: string | null): Set<CopyExtra> | Problem {
  const asked = (text ?? '').split(',').filter((word) => word !== '');
  const known = asked.flatMap((word) => copyExtras.find((extra) => extra === word) ?? []);
  if (known.length === asked.length) return new Set(known);
  return invalid('REQ-08', `include=${text}: what can be included is ${copyExtras.join(', ')}. (REQ-08)`);
}

/** Nics of the source that are left over have been refused before (COPY-04); those of the target stay as they are. */
function inOrder(source: HostState, target: HostState): Copy['pairs'] {
  const there = pairedCandidates(target);
  return new Map(pairedCandidates(source).flatMap((nic, at) => (there[at] === undefined ? [] : [[nic, there[at]]])));
}

function asTold(text: string, source: HostState, target: HostState): Copy['pairs'] | Problem {
  const [from, to] = [copyCandidates(source), copyCandidates(target)];
  const pairs = text.split(',').map((pair) => pair.split(':'));
  const used = new Set<string>();
  for (const [nic = '', partner = ''] of pairs) {
    const wrong = !from.includes(nic)
      ? `${source.host.name} has no free nic ${nic}`
      : !to.includes(partner)
        ? `${target.host.name} has no free nic ${partner}`
        : used.has(partner) || used.has(`:${nic}`)
          ? `${nic}:${partner} names a nic for the second time`
          : null;
    if (wrong !== null) return invalid('COPY-04', `nics=${text}: ${wrong}. (COPY-04, INTERFACE_COUNT_DOES_NOT_MATCH)`);
    used.add(partner).add(`:${nic}`);
  }
  return new Map(pairs.map(([nic = '', partner = '']) => [nic, partner]));
}
