/** What stands against copying one host's networks to another; the result is judged like every other change (COPY-06). */
import type { Cluster, Host } from '../../entities.ts';
import type { Violation } from '../../violation.ts';
import { checkAll, defineRule, group } from '../rule.ts';

export interface CopyRequest {
  /** How the client names the source; null when it does not. */
  sourceRef: string | null;
  source: Host | null;
  target: Host;
  /** Clusters of the two, for sentences. */
  clusterOf(host: Host): Pick<Cluster, 'name'>;
  /** Nics that take part, on each host; null when the client maps them itself. */
  candidates: { source: readonly string[]; target: readonly string[] } | null;
}

const copy01SourceGiven = defineRule({
  id: 'COPY-01',
  key: 'HOST_ID_IS_NULL',
  status: 400,
  sentence: 'The source host is missing; give source_host by id or name.',
  *find({ sourceRef }: CopyRequest) {
    if (sourceRef === null) yield { path: 'source_host', values: {} };
  },
});

const copy02SourceKnown = defineRule({
  id: 'COPY-02',
  key: 'ACTION_TYPE_FAILED_HOST_NOT_EXIST',
  status: 400,
  sentence: 'Host {id} is not known.',
  *find({ sourceRef, source }: CopyRequest) {
    if (sourceRef !== null && !source) yield { path: 'source_host', values: { id: sourceRef } };
  },
});

const copy05NotItself = defineRule({
  id: 'COPY-05',
  key: 'OHN_COPY_05',
  status: 400,
  sentence: 'Source and target are the same host, {host}.',
  *find({ source, target }: CopyRequest) {
    if (source?.id === target.id) yield { path: 'source_host', values: { host: target.name } };
  },
});

const copy03SameCluster = defineRule({
  id: 'COPY-03',
  key: 'HOSTS_NOT_IN_SAME_CLUSTER',
  status: 400,
  sentence: '{source} and {target} are in different clusters, {from} and {to}.',
  *find({ source, target, clusterOf }: CopyRequest) {
    if (!source || source.clusterId === target.clusterId) return;
    const clusters = { from: clusterOf(source).name, to: clusterOf(target).name };
    yield { path: 'source_host', values: { source: source.name, target: target.name, ...clusters } };
  },
});

const copy04EnoughNics = defineRule({
  id: 'COPY-04',
  key: 'INTERFACE_COUNT_DOES_NOT_MATCH',
  status: 400,
  sentence: '{target} has {n} usable nics, {source} needs {m}.',
  *find({ source, target, candidates }: CopyRequest) {
    if (!source || !candidates || source.clusterId !== target.clusterId) return;
    const [m, n] = [candidates.source.length, candidates.target.length];
    if (m > n) yield { path: null, values: { source: source.name, target: target.name, m, n } };
  },
});

export const copyRules = [
  group<CopyRequest, CopyRequest>({
    title: 'Copying networks',
    subjects: (request) => [request],
    rules: [copy01SourceGiven, copy02SourceKnown, copy05NotItself, copy03SameCluster, copy04EnoughNics],
  }),
];

/** Judges a copy before anything of it is worked out. */
export function validateCopy(request: CopyRequest): Violation[] {
  return checkAll(copyRules, request);
}
