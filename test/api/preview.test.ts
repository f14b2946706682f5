/** A preview says what a change would do, does nothing of it, and is then exactly what happens. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { describe as words } from '@patchbay/agent';
import { hostAt, makeNetwork, type System, startSystem, until } from './system.ts';

describe('preview', { timeout: 300_000 }, () => {
  let system: System;
  let red: string;
  before(async () => {
    system = await startSystem(1);
    red = await makeNetwork(system, 'red', { vlan: 101 });
  });
  after(() => system.stop());

  /** Everything that a preview must leave alone. */
  const world = async () => {
    const { store } = system.engine.engine;
    const { id, memory } = hostAt(system, 0);
    const [nics, attachments, jobs, events, host, report] = await Promise.all([
      store.list('nic', id),
      store.list('attachment', id),
      store.list('job'),
      store.events(),
      store.get('host', id),
      store.get('report', id),
    ]);
    const kernel = await memory.kernel.observe();
    return JSON.stringify({ nics, attachments, jobs, events, host, report, kernel });
  };
  const shown = async (method: string, path: string, body?: string | object) => {
    const before = await world();
    const reply = await hostAt(system, 0).request(method, path, body);
    assert.equal(reply.status, 200, `${method} ${path}: ${reply.text}`);
    assert.equal(await world(), before, `${method} ${path} changed something`);
    return reply.as('host_change_preview');
  };
  const attachmentOf = async (network: string) =>
    (await system.engine.engine.store.list('attachment', hostAt(system, 0).id)).find((a) => a.networkId === network);

  test('the steps of a preview are the steps of the change', async () => {
    const host = hostAt(system, 0);
    const body = {
      modified_bonds: {
        host_nic: [{ name: 'bond0', bonding: { slaves: { host_nic: [{ name: 'eth2' }, { name: 'eth3' }] } } }],
      },
      modified_network_attachments: {
        network_attachment: [
          {
            network: { name: 'red' },
            host_nic: { name: 'bond0' },
            ip_address_assignments: {
              ip_address_assignment: [
                { assignment_method: 'static', ip: { address: '10.1.1.2', netmask: '255.255.255.0' } },
              ],
            },
          },
        ],
      },
    };
    const preview = await shown('POST', '/setupnetworks?preview=true', body);
    assert.equal(preview.accepted, true);
    assert.deepEqual(preview.violations, []);
    assert.equal(preview.host?.id, host.id);
    assert.equal(preview.touches_management, false);
    assert.equal(preview.expected_outage, 0);
    assert.equal(preview.fault, undefined);
    assert.deepEqual(
      preview.differences?.map(({ kind, name, change }) => [kind, name, change]),
      [
        ['bond', 'bond0', 'added'],
        ['network', 'red', 'added'],
      ],
    );
    const address = preview.differences?.[1]?.properties?.find((one) => one.name === 'ipv4.address');
    assert.deepEqual(address, { after: '10.1.1.2', name: 'ipv4.address' });
    const [bond] = preview.change_set?.modified_bonds ?? [];
    assert.ok((bond?.bonding?.options?.length ?? 0) > 0, 'the default options are filled in');
    const [attachment] = preview.change_set?.modified_network_attachments ?? [];
    assert.equal(attachment?.network?.id, red, 'references are filled in');
    assert.equal(attachment?.ip_address_assignments?.length, 2, 'so is the family left out');

    const { executed } = host.memory.kernel;
    const from = executed.length;
    const done = await host.request('POST', '/setupnetworks', body);
    assert.equal(done.status, 200, done.text);
    const steps = preview.steps ?? [];
    assert.ok(steps.length > 5);
    assert.deepEqual(
      steps.map(({ kind, description }) => [kind, description]),
      executed.slice(from).map((op) => [op.kind, words(op)]),
    );
  });

  test('the completed change set can be sent as it stands', async () => {
    const preview = await shown('POST', '/setupnetworks;preview', '<action><removed_bonds/></action>');
    assert.deepEqual(preview.steps, [], 'nothing to do, and the host is not asked');
    const nic = await hostAt(system, 0).nic('eth4');
    const id = (await attachmentOf(red))?.id;
    const move = { modified_network_attachments: { network_attachment: [{ id, host_nic: { id: nic } }] } };
    const first = await hostAt(system, 0).request('POST', '/setupnetworks?preview', move);
    const { change_set: again } = JSON.parse(first.text);
    const second = await hostAt(system, 0).request('POST', '/setupnetworks?preview', again);
    assert.equal(second.status, 200, second.text);
    assert.deepEqual(JSON.parse(second.text), JSON.parse(first.text));
  });

  test('a refused change is shown with every violation and the status it would have', async () => {
    const preview = await shown('POST', '/setupnetworks?preview=true', {
      modified_network_attachments: {
        network_attachment: [
          { network: { name: 'nosuch' }, host_nic: { name: 'eth4' } },
          { network: { name: 'red' }, host_nic: { name: 'eth9' } },
        ],
      },
      modified_bonds: { host_nic: [{ name: 'bad name', bonding: { slaves: { host_nic: [{ name: 'eth1' }] } } }] },
    });
    assert.equal(preview.accepted, false);
    const rules = preview.violations?.map((one) => one.rule) ?? [];
    for (const rule of ['ATT-03b', 'ATT-14', 'BOND-04']) assert.ok(rules.includes(rule), `${rule} in ${rules}`);
    for (const { key, message, status } of preview.violations ?? []) {
      assert.ok(key && message && (status ?? 0) >= 400);
    }
    assert.ok(preview.change_set !== undefined);
    for (const left of ['differences', 'steps', 'expected_outage', 'touches_management'] as const) {
      assert.equal(preview[left], undefined, `${left} of a refused change`);
    }
  });

  test('what an address refuses by itself is a violation like any other', async () => {
    const { violations, change_set: changeSet } = await shown('POST', '/networkattachments?preview', {
      network: { id: red },
      host_nic: { name: 'eth4' },
    });
    assert.deepEqual(
      violations?.map(({ rule, status }) => [rule, status]),
      [['ATT-09', 400]],
    );
    assert.equal(changeSet, undefined);
  });

  test('XML and JSON say the same', async () => {
    const host = hostAt(system, 0);
    const path = `/networkattachments/${(await attachmentOf(red))?.id}?preview=true`;
    const xml = await host.request('DELETE', path);
    const json = await host.request('DELETE', path, undefined, { accept: 'application/json' });
    assert.match(xml.text, /<host_change_preview>/);
    assert.match(xml.text, /<kernel_step>/);
    assert.deepEqual(json.as('host_change_preview'), xml.as('host_change_preview'));
    assert.ok(JSON.parse(json.text).steps.kernel_step.length > 0);
  });

  test('moving the management network is said to be felt', async () => {
    const { store } = system.engine.engine;
    const host = hostAt(system, 0);
    const [management] = (await store.list('attachment', host.id)).filter((one) => one.networkId !== red);
    const preview = await shown('PUT', `/networkattachments/${management?.id}?preview=true`, {
      host_nic: { id: await host.nic('eth5') },
    });
    assert.equal(preview.accepted, true, JSON.stringify(preview.violations));
    assert.equal(preview.touches_management, true);
    assert.ok((preview.expected_outage ?? 0) > 0);
    assert.ok((preview.risks?.length ?? 0) > 0);
  });

  test('every call that changes a host can be previewed', async () => {
    const host = hostAt(system, 0);
    const [nic, bond] = [await host.nic('eth4'), await host.nic('bond0')];
    const id = (await attachmentOf(red))?.id;
    const blue = await makeNetwork(system, 'blue', { vlan: 102 });
    const slaves = { host_nic: [{ name: 'eth2' }] };
    const calls: [string, string, object?][] = [
      ['POST', '/setupnetworks', { removed_network_attachments: { network_attachment: [{ id }] } }],
      ['POST', '/syncallnetworks', {}],
      ['POST', '/networkattachments', { network: { id: blue }, host_nic: { id: nic } }],
      ['PUT', `/networkattachments/${id}`, { host_nic: { id: nic } }],
      ['DELETE', `/networkattachments/${id}`],
      ['POST', `/nics/${nic}/networkattachments`, { network: { id: blue } }],
      ['PUT', `/nics/${bond}/networkattachments/${id}`, { host_nic: { id: nic } }],
      ['DELETE', `/nics/${bond}/networkattachments/${id}`],
      ['POST', '/nics', { name: 'bond1', bonding: { slaves: { host_nic: [{ name: 'eth4' }, { name: 'eth5' }] } } }],
      ['PUT', `/nics/${bond}`, { bonding: { slaves } }],
      ['DELETE', `/nics/${bond}`],
      ['POST', `/nics/${nic}/networklabels`, { id: 'lab' }],
    ];
    for (const [method, path, body] of calls) {
      const preview = await shown(method, `${path}?preview=true`, body);
      assert.ok(preview.accepted !== undefined, `${method} ${path}`);
      assert.ok(
        preview.violations?.every(({ rule }) => rule === 'BOND-06'),
        JSON.stringify(preview.violations),
      );
    }
  });

  test('what is wrong with the call itself is answered as ever', async () => {
    const host = hostAt(system, 0);
    assert.equal((await host.request('POST', '/setupnetworks?preview', '<action><nosuch/></action>')).status, 400);
    assert.equal((await host.request('DELETE', '/networkattachments/nosuch?preview')).status, 404);
  });

  test('a host that refuses says why', async (t) => {
    const host = hostAt(system, 0);
    const { kernel } = host.memory;
    const { links, ...state } = await kernel.observe();
    t.mock.method(kernel, 'observe', async () => ({ ...state, links: links.filter((link) => link.name !== 'eth4') }));
    const reply = await host.request('POST', '/setupnetworks?preview', {
      modified_network_attachments: { network_attachment: [{ network: { name: 'blue' }, host_nic: { name: 'eth4' } }] },
    });
    assert.equal(reply.status, 200, reply.text);
    const preview = reply.as('host_change_preview');
    assert.equal(preview.accepted, true);
    assert.match(preview.fault?.detail ?? '', /host1.*ERR_BAD_NIC.*eth4/);
    assert.equal(preview.steps, undefined);
  });

  test('of a host that is away, everything but the steps', async () => {
    const host = hostAt(system, 0);
    await host.memory.stop();
    await until('the engine has noticed', async () => !system.engine.engine.hosts.connected(host.id));
    const body = { network: { name: 'blue' }, host_nic: { name: 'eth4' } };
    const reply = await host.request('POST', '/networkattachments?preview', body);
    assert.equal(reply.status, 200, reply.text);
    const preview = reply.as('host_change_preview');
    assert.equal(preview.accepted, true);
    assert.deepEqual(
      preview.differences?.map((one) => one.name),
      ['blue'],
    );
    assert.match(preview.fault?.detail ?? '', /host1/);
    for (const left of ['steps', 'risks', 'expected_outage', 'touches_management'] as const) {
      assert.equal(preview[left], undefined, left);
    }
    const { store } = system.engine.engine;
    const stored = await store.get('host', host.id);
    assert.ok(stored);
    await store.write((tx) => tx.put('host', { ...stored, status: 'non_responsive' }));
    const later = (await host.request('POST', '/networkattachments?preview', body)).as('host_change_preview');
    assert.deepEqual(
      later.violations?.map((one) => one.rule),
      ['HOST-02'],
    );
    assert.deepEqual(
      later.differences?.map((one) => one.name),
      ['blue'],
      'the config does not depend on the status',
    );
  });
});
