/** How hosts join, stay joined for longer than a certificate lasts, and are told from other machines. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type AgentHandlers, dial, EnrolRefused, enrol, type Identity, realDisk, webSockets } from '@patchbay/agent';
import type { HostReport } from '@patchbay/protocol';
import { makeJoinToken } from '../../packages/engine/src/operations/enrol.ts';
import { beforeNextWrite, hostAt, makeNetwork, type System, startSystem, until } from './system.ts';

const report: HostReport = {
  ...{ bootId: '', hostName: 'h', kernel: 'test', stateVersion: 1, committed: true },
  ...{ links: [], routes: [], rules: [], nameservers: [], dhcp: [], running: { bonds: {}, networks: {} } },
};
const never = (): never => {
  throw new Error('Nothing is asked of this host.');
};
const handlers: AgentHandlers = {
  apply: never,
  commit: never,
  report: never,
  plan: never,
  statistics: never,
  lldp: never,
  outcome: never,
};

describe('joining', { timeout: 120_000 }, () => {
  let system: System;
  const folders: string[] = [];
  before(async () => {
    system = await startSystem(1);
  });
  after(async () => {
    await system?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /** A machine of its own, whatever it joins as. */
  function machine() {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-joining-'));
    folders.push(folder);
    const url = `http://127.0.0.1:${system.engine.port}/patchbay/enrol`;
    return { join: (token: string): Promise<Identity> => enrol(realDisk, folder, { url, token, name: 'any' }) };
  }
  const link = ({ key, certificate, ca, engines }: Identity) =>
    dial(webSockets({ key, certificate, ca }), engines[0] ?? '', handlers, 5000);
  async function hello(identity: Identity, bootId = '') {
    const connection = await link(identity);
    const params = { protocol: 1, agentVersion: 'test', bootId, awaiting: null, report: { ...report, bootId } };
    return { connection, greeted: connection.peer.call('hello', params, 9000) };
  }
  async function isLetIn(identity: Identity): Promise<boolean> {
    const { connection, greeted } = await hello(identity);
    const letIn = await greeted.then(
      () => true,
      () => false,
    );
    connection.close();
    return letIn;
  }
  async function renew(identity: Identity): Promise<Identity> {
    const { publicKey, privateKey: key } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const { connection, greeted } = await hello(identity);
    await greeted;
    const { certificate } = await connection.peer.call('renew', { publicKey }, 5000);
    connection.close();
    return { ...identity, key, certificate };
  }

  test('the management network of a new host has the address of its nic, with a dotted mask', async () => {
    const [attachment] = (
      await hostAt(system, 0).request('GET', '/networkattachments', undefined, { accept: 'application/json' })
    ).items('network_attachment');
    const [ipv4, ipv6] = attachment?.ip_address_assignments ?? [];
    assert.deepEqual([ipv4?.assignment_method, ipv6?.assignment_method], ['static', 'none']);
    assert.deepEqual([ipv4?.ip?.address, ipv4?.ip?.netmask], ['192.168.100.11', '255.255.255.0']);
  });

  test('a token is for one machine, which may ask again when the answer was lost', async () => {
    const token = await system.engine.joinToken('lost');
    const first = machine();
    const lost = await first.join(token);
    const joined = await first.join(token);
    assert.equal(joined.hostId, lost.hostId);
    assert.ok(await isLetIn(joined));
    assert.ok(!(await isLetIn(lost)), 'the last one counts');
    await assert.rejects(machine().join(token), (error) => {
      assert.ok(error instanceof EnrolRefused);
      return /used or expired/.test(error.message);
    });
    assert.ok(await isLetIn(joined));
  });

  test('a host that is connected is not replaced by another machine', async () => {
    const token = await system.engine.joinToken('host1');
    await assert.rejects(
      machine().join(token),
      /409.*Stop the connected host's agent to replace it\..*The host is host1\./,
    );
    const host = hostAt(system, 0);
    assert.equal((await host.request('POST', '/refresh', '<action/>')).status, 200);
    system.engine.engine.hosts.drop(host.id);
    await until('it has come back', async () => system.engine.engine.hosts.connected(host.id));
  });

  test('a machine whose disk was copied stays, whatever the copy joins with', async () => {
    // As long as a name may be: what to do is read before agents cut the answer off.
    const token = await system.engine.joinToken('copied'.padEnd(255, 'x'));
    const original = machine();
    const identity = await original.join(token);
    const connection = await link(identity);
    const params = { protocol: 1, agentVersion: 'test', bootId: 'one', awaiting: null, report };
    await connection.peer.call('hello', params, 9000);
    // Its identity was removed, as one would think of first: the machine id and the token are those of the original.
    await assert.rejects(original.join(token), /409.*the connected host's.*machine-id\.json.*token.*agent\.env\./);
    assert.equal(await connection.peer.call('confirm', { transaction: 'none' }, 5000).then(() => 'there'), 'there');
    connection.close();
    await connection.closed;
    await until('its end is known', async () => !system.engine.engine.hosts.connected(identity.hostId));
    assert.equal((await original.join(token)).hostId, identity.hostId, 'who is alone may ask again');
  });

  /** A cluster of its own, and a token with which `host` joins it. */
  async function clusterAndToken(name: string, host: string) {
    const made = await system.api.request('POST', '/clusters', { name, data_center: { name: 'Default' } });
    assert.equal(made.status, 201, made.text);
    const id = made.as('cluster').id ?? '';
    const { engine, authority } = system.engine;
    return { id, ...(await makeJoinToken(engine, authority, host, id)) };
  }

  test('a host that joins again stays the one it is, whatever cluster it has been moved to', async () => {
    const { store } = system.engine.engine;
    const former = await clusterAndToken('former', 'moved');
    const { hostId } = await machine().join(former.token);
    const other = await clusterAndToken('other', 'nobody');
    const host = (await store.get('host', hostId)) ?? assert.fail('it has joined');
    await store.write((tx) => tx.put('host', { ...host, status: 'maintenance' }));
    const moved = await system.api.request('PUT', `/hosts/${hostId}`, { cluster: { id: other.id } });
    assert.equal(moved.status, 200, moved.text);
    const { token } = await makeJoinToken(system.engine.engine, system.engine.authority, 'moved', former.id);
    assert.equal((await machine().join(token)).hostId, hostId);
    const named = (await store.list('host')).filter(({ name }) => name === 'moved');
    assert.deepEqual(
      named.map(({ clusterId, status }) => [clusterId, status]),
      [[other.id, 'installing']],
    );
  });

  test('nobody joins a cluster that is gone', async () => {
    const { store } = system.engine.engine;
    const { id, token } = await clusterAndToken('gone', 'late');
    assert.equal((await system.api.request('DELETE', `/clusters/${id}`)).status, 200);
    assert.ok(!(await store.list('join_token')).some(({ clusterId }) => clusterId === id), 'its tokens go with it');
    await assert.rejects(machine().join(token), /403.*unknown, used or expired/);
    // The cluster was there when somebody asked for this one.
    const late = await makeJoinToken(system.engine.engine, system.engine.authority, 'late', id);
    await assert.rejects(machine().join(late.token), /403.*late was to join is gone/);
    assert.ok(!(await store.list('host')).some(({ name }) => name === 'late'));
  });

  test('a host that joins while its cluster is being removed keeps it', async (t) => {
    const { id, token } = await clusterAndToken('shared', 'quick');
    const joining = machine();
    beforeNextWrite(t, system, () => joining.join(token));
    const refused = await system.api.request('DELETE', `/clusters/${id}`);
    assert.equal(refused.status, 409, refused.text);
    assert.match(refused.text, /still has hosts: quick/);
  });

  test('a certificate is renewed over the link, and the former one counts until it has ended', async () => {
    const former = await machine().join(await system.engine.joinToken('long'));
    const renewed = await renew(former);
    assert.ok(await isLetIn(renewed));
    assert.ok(await isLetIn(former), 'the answer might have been lost');
    const again = await renew(renewed);
    assert.ok(await isLetIn(again));
    assert.ok(!(await isLetIn(former)));
    const { connection, greeted } = await hello(again);
    await greeted;
    await assert.rejects(connection.peer.call('renew', { publicKey: 'nonsense' }, 5000));
    connection.close();
  });

  test('of two machines with one identity the one that is connected stays, and the other is told of', async () => {
    const identity = await machine().join(await system.engine.joinToken('twin'));
    const first = await hello(identity, 'one');
    await first.greeted;
    const warnings: string[] = [];
    const warned = ({ message }: Error) => warnings.push(message);
    process.on('warning', warned);
    // It goes on trying, for months perhaps.
    for (let at = 0; at < 12; at += 1) {
      const copy = await hello(identity, 'two');
      await assert.rejects(copy.greeted, /Another machine is connected as this host/);
      copy.connection.close();
    }
    process.off('warning', warned);
    assert.deepEqual(warnings, [], 'nothing is left of each');
    const again = await hello(identity, 'one');
    await again.greeted;
    // The same machine takes over from itself.
    await first.connection.closed;
    again.connection.close();
    await again.connection.closed;
    const rebooted = await hello(identity, 'three');
    await rebooted.greeted;
    rebooted.connection.close();
    const events = await system.api.request('GET', '/events?search=type%3D30015');
    assert.equal(events.text.match(/<event /g)?.length, 1, events.text);
    assert.match(events.text, /Another machine says that it is host twin/);
  });

  test('a machine that was replaced keeps no connection of before, though it has never greeted', async () => {
    const connection = await link(await machine().join(await system.engine.joinToken('replaced')));
    for (const call of [
      connection.peer.call('confirm', { transaction: 'none' }, 5000),
      connection.peer.call('changed', { report }, 5000),
      connection.peer.call('renew', { publicKey: 'nonsense' }, 5000),
    ])
      await assert.rejects(call, /has to say hello first/);
    const replacement = await machine().join(await system.engine.joinToken('replaced'));
    await connection.closed;
    assert.ok(await isLetIn(replacement));
  });

  test('hosts go on with an engine whose store is of a backup', async () => {
    const { store } = system.engine.engine;
    const identityOf = async (id: string) => {
      const found = await store.get('host_identity', id);
      return found ?? assert.fail('it has joined');
    };
    const joined = await machine().join(await system.engine.joinToken('backed up'));
    const now = await identityOf(joined.hostId);
    // The times of certificates are whole seconds, and a renewal comes weeks after the joining.
    const backup = { ...now, joined: (now.joined ?? 0) - 1000 };
    const renewed = await renew(joined);
    await store.write((tx) => tx.put('host_identity', backup));
    assert.ok(await isLetIn(renewed), 'it was signed after the joining that the backup knows');

    const host = hostAt(system, 0);
    await makeNetwork(system, 'red', { vlan: 7 });
    const attach = (nic: string) =>
      host.request('POST', '/setupnetworks', {
        modified_network_attachments: { network_attachment: [{ network: { name: 'red' }, host_nic: { name: nic } }] },
      });
    const early = await identityOf(host.id);
    for (const nic of ['eth1', 'eth2']) assert.equal((await attach(nic)).status, 200);
    await store.write((tx) => tx.put('host_identity', early));
    system.engine.engine.hosts.drop(host.id);
    await until('it has come back', async () => system.engine.engine.hosts.connected(host.id));
    const { status, text } = await attach('eth3');
    assert.equal(status, 200, text);
  });
});
