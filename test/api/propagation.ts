/** Following a change to the hosts, for tests. */
import assert from 'node:assert/strict';
import type { Attachment } from '@patchbay/model';
import type { Reply } from '../client.ts';
import { type HostView, type System, until } from './system.ts';

/** Id of the job that an answer says its change is followed by. */
export function followedJob(reply: Reply): string {
  const job = reply.headers.get('patchbay-job');
  assert.ok(job !== null, `${reply.status} names no job: ${reply.text}`);
  return job.split('/').at(-1) ?? '';
}

const json = { accept: 'application/json' };

/** As the API shows it: members that only answers have are not decoded from requests. */
export interface ShownJob {
  id: string;
  description: string;
  comment?: string;
  status: string;
  start_time: number;
  end_time?: number;
  last_updated: number;
  owner?: { id: string };
}

export interface ShownStep {
  number: string;
  description: string;
  comment?: string;
  status: string;
  start_time?: number;
  end_time?: number;
  execution_host?: { id: string };
}

export async function jobNow({ api }: Pick<System, 'api'>, id: string): Promise<ShownJob> {
  return JSON.parse((await api.request('GET', `/jobs/${id}`, undefined, json)).text) as ShownJob;
}

/** The job when it has ended. */
export async function ended(system: System, id: string | undefined): Promise<ShownJob> {
  assert.ok(id !== undefined, 'there is no job');
  await until(`job ${id} has ended`, async () => (await jobNow(system, id)).status !== 'started');
  return jobNow(system, id);
}

export async function stepsOf({ api }: Pick<System, 'api'>, jobId: string): Promise<ShownStep[]> {
  const { text } = await api.request('GET', `/jobs/${jobId}/steps`, undefined, json);
  return (JSON.parse(text) as { step: ShownStep[] }).step;
}

/** Id of the job that an action document names. */
export function actionJob({ text }: Reply): string | undefined {
  if (text.startsWith('{')) return (JSON.parse(text) as { job?: { id: string } }).job?.id;
  return /<job [^>]*id="([^"]+)"/.exec(text)?.[1];
}

export async function labelNic(host: HostView, nic: string, id: string): Promise<void> {
  const reply = await host.request('POST', `/nics/${await host.nic(nic)}/networklabels`, { id });
  assert.equal(reply.status, 201, reply.text);
}

export async function storedAttachment(
  { engine }: System,
  host: HostView,
  networkId: string,
): Promise<Attachment | undefined> {
  return (await engine.engine.store.list('attachment', host.id)).find((one) => one.networkId === networkId);
}

/** Whether the host has the network as wished, as the API shows it. */
export async function inSync({ api }: System, host: HostView, networkId: string): Promise<boolean | undefined> {
  const { text } = await api.request('GET', `/hosts/${host.id}/networkattachments`, undefined, json);
  const all = JSON.parse(text) as { network_attachment: { network: { id: string }; in_sync?: string }[] };
  const found = all.network_attachment.find((one) => one.network.id === networkId);
  return found?.in_sync === undefined ? undefined : found.in_sync === 'true';
}
