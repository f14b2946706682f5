/** What a refused request must leave as it is: everything the engine wants to be so, and every kernel. */
import type { RunningEngine } from '@patchbay/engine';
import { type DocumentKind, documents } from '../../packages/engine/src/store/schema.ts';
import type { Host } from './host.ts';

/** Documents that change by themselves, or with each sign-in. */
const restless: readonly DocumentKind[] = [
  'report',
  'host_identity',
  'app_user',
  'token',
  'join_token',
  'job',
  'step',
  'secret',
];

export async function groundState({ engine }: RunningEngine, hosts: readonly Host[]): Promise<string> {
  const kinds = (Object.keys(documents) as DocumentKind[]).filter((kind) => !restless.includes(kind));
  const wishes = await Promise.all(kinds.map(async (kind) => [kind, await engine.store.list(kind)]));
  const kernels = await Promise.all(hosts.map((host) => host.kernel.everything()));
  return [JSON.stringify(wishes, null, 1), ...kernels].join('\n');
}

export async function labelsOf({ engine }: RunningEngine, hostId: string): Promise<string[]> {
  return (await engine.store.list('nic', hostId)).flatMap((nic) => nic.labels);
}
