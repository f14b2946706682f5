/** What people name is found by its name, or by its id. */
import type { ApiObject, Patchbay } from '@patchbay/client';
import { NotFoundError } from './exit.ts';

interface Named {
  id?: string | undefined;
  name?: string | undefined;
}

/** What was found, with what everything that exists has. */
export type Found<T extends Named> = T & { id: string; name: string };

/** @param what with the name that was not found, for the sentence */
function pick<T extends Named>(all: readonly T[], wanted: string, what: string): Found<T> {
  const found = all.find(({ name }) => name === wanted) ?? all.find(({ id }) => id === wanted);
  if (found?.id !== undefined && found.name !== undefined) return { ...found, id: found.id, name: found.name };
  const names = all.flatMap(({ name }) => name ?? []).sort();
  const others = names.length === 0 ? 'there are none' : `there are: ${names.slice(0, 20).join(', ')}`;
  throw new NotFoundError(`There is no ${what}; ${others}${names.length > 20 ? ', …' : ''}.`);
}

/** @throws NotFoundError with the names that there are */
export async function findHost(api: Patchbay, wanted: string): Promise<Found<ApiObject<'host'>>> {
  const exact = /^[\w.-]+$/.test(wanted) ? await api.hosts.list({ search: `name=${wanted} or id=${wanted}` }) : [];
  return pick(exact.length > 0 ? exact : await api.hosts.list(), wanted, `host ${wanted}`);
}

/** The attachment of a network, by the network's name. */
export async function findAttachment(api: Patchbay, host: Found<ApiObject<'host'>>, network: string) {
  const attachments = await api.hosts.id(host.id).networkAttachments.list({ follow: 'network' });
  const named = attachments.map((one) => ({ ...one, name: one.network?.name }));
  return pick(named, network, `network ${network} on host ${host.name}`);
}

export async function findCluster(api: Patchbay, wanted: string) {
  return pick(await api.clusters.list(), wanted, `cluster ${wanted}`);
}
