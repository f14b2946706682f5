/** Bodies that mean harm, over HTTP: always an answer that helps, never a change, never a failure of the engine. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { HostileBody } from '@patchbay/wire/testing';
import { hostileBodies, hostileBody } from '@patchbay/wire/testing';
import fc from 'fast-check';
import { hostAt, makeNetwork, type System, startSystem } from './system.ts';

describe('hostile bodies', { timeout: 300_000 }, () => {
  let system: System;
  let targets: Map<string, { method: string; path: string }[]>;
  before(async () => {
    system = await startSystem(1);
    targets = await targetsOf(system);
  });
  after(() => system.stop());

  test('every body of the table is refused, and nothing changes', async () => {
    const kept = await stateOf(system);
    let sent = 0;
    for (const body of hostileBodies) {
      for (const target of targets.get(body.type) ?? []) {
        const answer = await send(system, target, body);
        const where = `${body.name} to ${target.method} ${target.path}: ${answer.status} ${answer.text.slice(0, 400)}`;
        assert.ok(answer.status >= 400 && answer.status < 500, where);
        assert.ok(answer.media.startsWith(`application/${body.mediaType}`), where);
        assert.ok(detailOf(answer, body.mediaType).length >= 15, `${where} says too little`);
        assert.equal(await stateOf(system), kept, where);
        sent += 1;
      }
    }
    assert.ok(sent >= 200, `${sent} bodies were sent`);
    assert.equal((await system.api.request('GET', '')).status, 200, 'the engine still answers');
  });

  test('mutated bodies never make the engine fail, and change nothing unless they are accepted', async () => {
    let kept = await stateOf(system);
    const known = hostileBody(fc).filter(({ type }) => targets.has(type));
    const property = fc.asyncProperty(known, fc.nat(), async (body, at) => {
      const choice = targets.get(body.type) ?? [];
      const target = choice[at % choice.length];
      assert.ok(target);
      const answer = await send(system, target, body);
      assert.ok(answer.status < 500, `${body.name}: ${answer.status} ${answer.text}`);
      const now = await stateOf(system);
      if (answer.status >= 300) assert.equal(now, kept, `${body.name}: ${answer.status} ${answer.text}`);
      kept = now;
    });
    await fc.assert(property, { numRuns: 400 });
  });
});

/** Where bodies of a type belong. */
async function targetsOf(system: System) {
  const host = hostAt(system, 0);
  const network = await makeNetwork(system, 'victim', { vlan: 7 });
  const nic = await host.nic('eth1');
  const cluster = (await system.engine.engine.store.list('cluster'))[0]?.id;
  const under = `/hosts/${host.id}`;
  const made = await host.request('POST', `/nics/${nic}/networkattachments`, { network: { id: network } });
  assert.equal(made.status, 201, made.text);
  const attachment = made.as('network_attachment').id;
  return new Map([
    ['host', [{ method: 'PUT', path: under }]],
    [
      'network',
      [
        { method: 'POST', path: '/networks' },
        { method: 'PUT', path: `/networks/${network}` },
        { method: 'POST', path: `/clusters/${cluster}/networks` },
      ],
    ],
    [
      'host_nic',
      [
        { method: 'POST', path: `${under}/nics` },
        { method: 'PUT', path: `${under}/nics/${nic}` },
      ],
    ],
    [
      'network_attachment',
      [
        { method: 'POST', path: `${under}/networkattachments` },
        { method: 'POST', path: `${under}/nics/${nic}/networkattachments` },
        { method: 'PUT', path: `${under}/networkattachments/${attachment}` },
      ],
    ],
    [
      'action',
      [
        { method: 'POST', path: `${under}/setupnetworks` },
        { method: 'POST', path: `${under}/commitnetconfig` },
      ],
    ],
    ['event', [{ method: 'POST', path: '/events' }]],
    ['cluster', [{ method: 'PUT', path: `/clusters/${cluster}` }]],
  ]);
}

async function send({ api }: System, { method, path }: { method: string; path: string }, body: HostileBody) {
  const type = `application/${body.mediaType}`;
  const authorization = `Basic ${Buffer.from('admin@internal:secret').toString('base64')}`;
  const headers = { authorization, accept: type, 'content-type': type };
  const response = await fetch(api.url + path, { method, headers, body: Buffer.from(body.body) });
  return {
    status: response.status,
    media: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
}

function detailOf({ text }: { text: string }, media: 'xml' | 'json'): string {
  if (media === 'xml') return /<detail>([^<]*)<\/detail>/.exec(text)?.[1] ?? '';
  const { fault, detail } = JSON.parse(text) as { fault?: { detail?: string }; detail?: string };
  return detail ?? fault?.detail ?? '';
}

/** All that a request could change: what is stored, and what the kernel was told. */
async function stateOf(system: System): Promise<string> {
  const { store } = system.engine.engine;
  const kinds = ['data_centre', 'cluster', 'network', 'cluster_network', 'host', 'nic', 'attachment', 'job'] as const;
  const stored = [];
  for (const kind of kinds) stored.push(await store.list(kind));
  return JSON.stringify([stored, (await store.events()).length, hostAt(system, 0).memory.kernel.executed.length]);
}
