import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete } from '../complete/complete.ts';
import { validate } from '../rules/validate.ts';
import { drift, hostState, ip, ipv4Static, observedNetwork, type Scene } from '../testing.ts';
import { asksForNothing, type ChangedNetwork, followDataCentre, followTogether } from './follow.ts';

const changed = (name: string, changes: Partial<ChangedNetwork> = {}): ChangedNetwork => ({
  ...{ id: `net-${name}`, vdsmName: name, formerLabel: null, resend: false, fewerNameservers: false },
  ...changes,
});

/** What the host of a scene does, in short; the change set must be one that the rules let through. */
function follows(scene: Scene, networks: ChangedNetwork[], everything = false): string[] {
  const state = hostState(scene);
  const changeSet = followDataCentre(state, { networks, everything });
  assert.ok(changeSet.commitOnSuccess && changeSet.checkConnectivity);
  assert.deepEqual(validate(complete(state, changeSet)).violations, []);
  const lines = [
    ...changeSet.attachments.map(({ id, network, nic, ip: addresses }) =>
      [id ?? `new ${network?.id}`, nic?.name ?? nic?.id ?? '', addresses?.ipv4[0]?.method ?? ''].join(' ').trim(),
    ),
    ...changeSet.removedAttachments.map(({ id }) => `remove ${id}`),
    ...changeSet.synchronized.map(({ id }) => `sync ${id}`),
    ...changeSet.removedUnmanaged.map((name) => `remove unmanaged ${name}`),
  ];
  assert.equal(asksForNothing(changeSet), lines.length === 0);
  return lines;
}

const base: Scene = { networks: { red: { vlan: 5 } }, attached: { red: 'eth1' } };
const drifted: Scene = { ...base, observed: drift('red', { mtu: 9000 }) };

test('A network whose definition changed is sent to a host that has it otherwise', () => {
  assert.deepEqual(follows(drifted, [changed('red')]), ['sync att-red']);
  assert.deepEqual(follows(base, [changed('red')]), [], 'it has followed already');
  assert.deepEqual(follows(base, [changed('red', { resend: true })]), ['sync att-red']);
  assert.deepEqual(follows(drifted, []), [], 'nothing changed');
  assert.deepEqual(follows(drifted, [], true), ['sync att-red']);
  assert.deepEqual(follows(drifted, [changed('red')], true), ['sync att-red'], 'once');
});

test('A name server less is sent to hosts that use them from the network', () => {
  const fewer = changed('red', { fewerNameservers: true });
  const routed: Scene = {
    networks: { red: { roles: ['defaultRoute'], nameservers: ['10.0.0.1'] } },
    attached: { red: { nic: 'eth1', ipv4: ip('dhcp') } },
  };
  assert.deepEqual(follows(routed, [fewer]), ['sync att-red']);
  assert.deepEqual(follows(base, [fewer]), [], 'it has not the default route');
  const own = { red: { nic: 'eth1', ipv4: ip('dhcp' as const), nameservers: ['10.0.0.2'] } };
  assert.deepEqual(follows({ ...routed, attached: own }, [fewer]), [], 'the host has servers of its own');
});

test('A role network without address asks for one when it is sent', () => {
  const role: Scene = { ...drifted, networks: { red: { vlan: 5, roles: ['migration'] } } };
  assert.deepEqual(follows(role, [changed('red')]), ['att-red  dhcp']);
  const addressed: Scene = { ...role, attached: { red: { nic: 'eth1', ipv4: ipv4Static('10.0.0.5') } } };
  assert.deepEqual(follows({ ...addressed, observed: drift('red', { mtu: 9000 }) }, [changed('red')]), [
    'sync att-red',
  ]);
});

test('A label brings its network to the nic that has it, role networks with DHCP', () => {
  const labelled: Scene = { networks: { red: { vlan: 5, label: 'lab' } }, labels: { eth1: ['lab'] } };
  assert.deepEqual(follows(labelled, [changed('red')]), ['new net-red eth1 none']);
  const role = { red: { vlan: 5, label: 'lab', roles: ['display' as const] } };
  assert.deepEqual(follows({ ...labelled, networks: role }, [changed('red')]), ['new net-red eth1 dhcp']);
  assert.deepEqual(follows({ ...labelled, labels: {} }, [changed('red')]), []);
  assert.deepEqual(follows({ ...labelled, attached: { red: 'eth2' } }, [changed('red')]), [], 'it is there already');
});

test('A label taken off takes its network along, from the nics that have the label', () => {
  const unlabelled: Scene = { ...base, labels: { eth1: ['lab'] } };
  const off = changed('red', { formerLabel: 'lab' });
  assert.deepEqual(follows(unlabelled, [off]), ['remove att-red']);
  assert.deepEqual(follows({ ...unlabelled, labels: { eth2: ['lab'] } }, [off]), []);
  const again = { ...unlabelled, networks: { red: { vlan: 5, label: 'lab' } } };
  assert.deepEqual(follows(again, [off]), [], 'it was put on again meanwhile');
});

test('A removal and a synchronisation that meet are one change: the removal', () => {
  const both = followTogether([
    { networks: [changed('red')], everything: false },
    { networks: [changed('red', { formerLabel: 'lab' })], everything: true },
  ]);
  assert.deepEqual(follows({ ...drifted, labels: { eth1: ['lab'] } }, [...both.networks], both.everything), [
    'remove att-red',
  ]);
});

test('A network goes from the nic of its former label to the nic of its new one', () => {
  const scene: Scene = {
    ...base,
    networks: { red: { vlan: 5, label: 'new' } },
    labels: { eth1: ['old'], eth2: ['new'] },
  };
  assert.deepEqual(follows(scene, [changed('red', { formerLabel: 'old' })]), ['att-red nic-eth2']);
});

test('The management network stays where a label leaves it', () => {
  const scene: Scene = {
    networks: { red: { roles: ['management'] } },
    attached: { red: { nic: 'eth1', ipv4: ip('dhcp') } },
    labels: { eth1: ['lab'] },
  };
  assert.deepEqual(follows(scene, [changed('red', { formerLabel: 'lab' })]), []);
});

test('A network that has left the cluster leaves the nics of its label, and stays elsewhere', () => {
  const left = changed('red', { formerLabel: 'lab' });
  const scene: Scene = { unmanaged: { red: 'eth1' }, labels: { eth1: ['lab'] } };
  assert.deepEqual(follows(scene, [left]), ['remove unmanaged red']);
  assert.deepEqual(follows({ ...scene, labels: { eth2: ['lab'] } }, [left]), []);
  assert.deepEqual(follows(scene, [changed('red')]), [], 'it had no label');
  assert.deepEqual(follows({ labels: { eth1: ['lab'] } }, [left]), [], 'it is gone');
});

test('A network that enters the cluster is taken over where the host runs it, with its address', () => {
  const running = observedNetwork('red', 'eth1', {
    vlan: 5,
    southbound: 'eth1.5',
    ipv4: { method: 'static', address: '10.0.0.5', prefix: 24, gateway: null },
    ipv6: { method: 'static', address: '2001:db8::5', prefix: 64, gateway: null },
  });
  const scene: Scene = {
    networks: { red: { vlan: 5, label: 'lab' } },
    labels: { eth2: ['lab'] },
    observed: (all) => ({ ...all, networks: [...all.networks, running] }),
  };
  const [attachment] = followDataCentre(hostState(scene), {
    networks: [changed('red')],
    everything: false,
  }).attachments;
  assert.deepEqual(attachment?.nic, { id: null, name: 'eth1' });
  assert.deepEqual(attachment?.ip?.ipv4, [
    { method: 'static', address: '10.0.0.5', netmask: '255.255.255.0', gateway: null },
  ]);
  assert.deepEqual(attachment?.ip?.ipv6, [{ method: 'static', address: '2001:db8::5', netmask: '64', gateway: null }]);
});
