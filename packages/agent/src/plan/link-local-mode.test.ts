import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkReport } from '@patchbay/protocol';
import { network, TestHost } from './host-for-tests.ts';
import { planRestore } from './plan-for.ts';

/** As NetworkManager leaves them, which listens to routers itself. */
const settings = { 'ipv6/accept_ra': '0', 'ipv6/accept_ra_defrtr': '1', 'ipv6/autoconf': '1' };
const empty = { bonds: {}, networks: {} };
const red = (base: string, vlan: number | null = null) => ({
  bonds: {},
  networks: { red: network({ base, vlan, bridged: false, ipv6: { method: 'autoconf' } }) },
});

/** A host on whose eth1 link-local addresses are made as the mode says. */
function hostWith(mode: string): TestHost {
  const host = new TestHost();
  host.link('eth1').sysctls = { ...settings, 'ipv6/addr_gen_mode': mode };
  return host;
}

const modeOf = ({ sysctls }: LinkReport): string | undefined => sysctls?.['ipv6/addr_gen_mode'];

test('a nic whose manager made its link-local address gets one of the kernel for as long as it is used', () => {
  const host = hostWith('1');
  const { ops } = host.apply(red('eth1'));
  const set = ops.flatMap((op) => (op.kind === 'sysctl.set' ? [`${op.key.split('/').at(-1)}=${op.value}`] : []));
  assert.ok(set.includes('addr_gen_mode=0'), set.join(' '));
  assert.equal(set.at(-1), 'disable_ipv6=0', 'the kernel makes it when IPv6 comes up');
  host.apply({ ...red('eth1'), networks: { red: { ...red('eth1').networks.red, mtu: 9000 } } });
  assert.equal(modeOf(host.link('eth1')), '0');
  host.apply(empty);
  assert.equal(modeOf(host.link('eth1')), '1');
});

test('the way back of a change leaves it to the manager again', () => {
  const host = hostWith('1');
  const before = host.state;
  host.apply(red('eth1'));
  host.run(planRestore(host.state, before).ops);
  assert.equal(modeOf(host.link('eth1')), '1');
});

test('a nic on which the kernel makes them at random goes on so', () => {
  const host = hostWith('3');
  host.apply(red('eth1'));
  assert.equal(modeOf(host.link('eth1')), '3');
});

test('a VLAN device that is taken over gets link-local addresses of the kernel, also without IPv6 for now', () => {
  const host = new TestHost();
  host.run([{ kind: 'link.add', name: 'eth1.7', type: 'vlan', mac: null, base: 'eth1', vlan: 7, options: {} }]);
  Object.assign(host.link('eth1.7'), { group: 'default', alias: null, ipv6Disabled: true });
  host.link('eth1.7').sysctls = { ...settings, 'ipv6/addr_gen_mode': '1' };
  host.apply({ bonds: {}, networks: { red: network({ base: 'eth1', vlan: 7, bridged: false }) } });
  assert.equal(modeOf(host.link('eth1.7')), '0');
});
