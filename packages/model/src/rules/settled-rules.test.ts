import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRoles } from '../network/assign-roles.ts';
import { noRoles } from '../network/roles.ts';
import { asked, attach, bond, ip, ipv4Static, refusal, type Scene, update } from '../testing.ts';
import { validate } from './validate.ts';

test('ATT-19 nothing is attached to a bond that goes', () => {
  const scene: Scene = { networks: { red: {} }, bonds: { bond0: { slaves: ['eth0', 'eth1'] } } };
  const what = { removedBonds: ['bond0'], attachments: [attach('red', 'bond0')] };
  assert.match(refusal('BOND-18', scene, what), /bond0 still carries red/);
});

test('IP-01 an attachment has both families, whatever was sent', () => {
  const scene: Scene = { networks: { red: {} } };
  for (const sent of [undefined, { ipv4: [], ipv6: [] }, { ipv4: [ip('dhcp' as const)], ipv6: [] }]) {
    const completed = asked(scene, { attachments: [attach('red', 'eth0', sent ? { ip: sent } : {})] });
    const [attachment] = completed.attachments;
    assert.ok(attachment?.ipv4.method && attachment.ipv6.method);
  }
});

test('MGMT-02 the management network moves and changes its address', () => {
  const scene: Scene = {
    networks: { mgmt: { roles: ['management', 'defaultRoute'] } },
    attached: { mgmt: { nic: 'eth0', ipv4: ip('dhcp') } },
  };
  const onBond = { attachments: [update('att-mgmt', { nic: { id: null, name: 'bond0' } })] };
  const violations = (what: Parameters<typeof asked>[1]) => validate(asked(scene, what)).violations;
  assert.deepEqual(violations({ ...onBond, bonds: [bond('bond0', ['eth0', 'eth1'])] }), []);
  assert.deepEqual(violations({ attachments: [update('att-mgmt', { nic: { id: null, name: 'eth1' } })] }), []);
  const fixed = { ip: { ipv4: [ipv4Static('192.0.2.9')], ipv6: [] } };
  assert.deepEqual(violations({ attachments: [update('att-mgmt', fixed)] }), []);
});

test('LBL-23 what a label brings is judged, and the message names the label', () => {
  const scene: Scene = {
    networks: { red: {}, blue: { label: 'lab' }, green: { label: 'big', vlan: 5, mtu: 9000 } },
    attached: { red: 'eth0' },
  };
  assert.match(refusal('EXCL-01', scene, { labels: { lab: 'eth0' } }), /red.*\(through label lab\)$/);
  assert.match(refusal('MTU-01', scene, { labels: { big: 'eth0' } }), /\(through label big\)$/);
});

test('RT-01 the default route is in one place', () => {
  const of = (networkId: string, held: boolean) => ({
    ...{ clusterId: 'c', networkId, required: true, roles: { ...noRoles, defaultRoute: held } },
  });
  const after = assignRoles([of('red', true), of('blue', false)], of('blue', true));
  assert.deepEqual(
    after.map(({ networkId, roles }) => [networkId, roles.defaultRoute]),
    [
      ['red', false],
      ['blue', true],
    ],
  );
});
