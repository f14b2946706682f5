/** A change reaches two hundred hosts although the engine is killed in the middle, three times: each host is changed once. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RunningMemoryHost, startMemoryHost } from '@patchbay/lab';
import { type Client, client } from '../client.ts';
import { adminPassword, type EngineProcess, startEngineProcess } from './engine-process.ts';
import { jobNow, stepsOf } from './propagation.ts';
import { until } from './system.ts';

const count = 200;
const waveWidth = 10;
/** Hosts that have followed when the engine is killed. */
const kills = [30, 90, 150];

describe('two hundred hosts and a killed engine', { timeout: 600_000 }, () => {
  const data = mkdtempSync(join(tmpdir(), 'patchbay-killed-'));
  const memories: RunningMemoryHost[] = [];
  let engine: EngineProcess;
  let api: Client;
  const json = { accept: 'application/json' };
  const get = async (path: string) => JSON.parse((await api.request('GET', path, undefined, json)).text) as unknown;
  const hosts = async () => ((await get('/hosts')) as { host: { id: string; name: string; status: string }[] }).host;

  before(async () => {
    engine = await startEngineProcess(data, waveWidth);
    api = client(engine.url, adminPassword);
    for (let at = 1; at <= count; at += 1) {
      const name = `host${at}`;
      const [enrol, token] = [`http://127.0.0.1:${engine.port}/patchbay/enrol`, await engine.joinToken(name)];
      memories.push(await startMemoryHost({ name, number: at, nics: 2, enrol, token, log() {} }));
    }
    await until(
      'all hosts are up',
      async () => (await hosts()).filter((h) => h.status === 'up').length === count,
      120_000,
    );
  });
  after(async () => {
    await Promise.all(memories.map((memory) => memory.stop()));
    await engine.kill();
    rmSync(data, { recursive: true });
  });

  test('each host is changed once, and the job knows of each', async () => {
    for (const { id } of await hosts()) {
      const nics = (await get(`/hosts/${id}/nics`)) as { host_nic: { id: string; name: string }[] };
      const nic = nics.host_nic.find((one) => one.name === 'eth1');
      const labelled = await api.request('POST', `/hosts/${id}/nics/${nic?.id}/networklabels`, { id: 'all' });
      assert.equal(labelled.status, 201, labelled.text);
    }
    const body = { name: 'everywhere', data_center: { name: 'Default' }, vlan: { id: 300 } };
    const network = (await api.request('POST', '/networks', body)).as('network').id;
    await api.request('POST', `/networks/${network}/networklabels`, { id: 'all' });
    const [cluster] = ((await get('/clusters')) as { cluster: { id: string }[] }).cluster;
    const given = await api.request('POST', `/clusters/${cluster?.id}/networks`, { id: network, required: false });
    const jobId = given.headers.get('patchbay-job')?.split('/').at(-1) ?? '';
    assert.notEqual(jobId, '', given.text);

    const changed = () => memories.filter(({ kernel }) => madeDevices(kernel.executed).length > 0).length;
    for (const enough of kills) {
      await until(`${enough} hosts have begun`, async () => changed() >= enough, 120_000);
      await engine.kill();
      const reached = changed();
      assert.ok(reached < count, `the engine is killed in the middle, not after host ${reached}`);
      engine = await startEngineProcess(data, waveWidth, engine);
    }
    const system = { api };
    await until('the job has ended', async () => (await jobNow(system, jobId)).status !== 'started', 240_000);
    const job = await jobNow(system, jobId);
    assert.deepEqual([job.status, job.comment], ['finished', `${count} of ${count} hosts done.`]);
    for (const [at, { kernel }] of memories.entries()) {
      assert.deepEqual(madeDevices(kernel.executed), ['eth1.300', 'everywhere'], `host${at + 1}`);
    }
    const steps = await stepsOf(system, jobId);
    assert.equal(steps.length, count);
    assert.equal(new Set(steps.map((step) => step.execution_host?.id)).size, count);
    for (const step of steps) assert.deepEqual([step.status, step.end_time !== undefined], ['finished', true]);
    const { event } = (await get('/events?max=5000')) as { event: { description: string }[] };
    const followed = event.filter((one) => one.description.startsWith('PERSIST_NETWORK_ON_HOST_FINISHED: '));
    assert.equal(followed.length, count, 'one event for each host');
    assert.equal(event.filter((one) => one.description.startsWith('HOSTS_FOLLOWED: ')).length, 1);
  });
});

/** VLAN devices and bridges that were made and never taken away again. */
function madeDevices(executed: RunningMemoryHost['kernel']['executed']): string[] {
  return executed.flatMap((op) => (op.kind === 'link.add' && op.name !== 'ovirtmgmt' ? [op.name] : [])).sort();
}
