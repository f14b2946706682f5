/** With a real udev and its default policies for names and addresses. Runs on a lab host, as root, and uses eth1 to eth5. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { apply, batch, bond, ip, kernel, link, network, restore } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { installManagers, possible, sh } from './lab-for-tests.ts';

/** 1: drawn by the kernel, which is what the policy replaces; 3: given. */
const assigned = (device: string) => readFileSync(`/sys/class/net/${device}/addr_assign_type`, 'utf8').trim();
const given = '3';
/** Settings that a distribution has for every device, as Red Hat's has. */
const SETTINGS = '/etc/sysctl.d/90-test.conf';

describe('with udev', { skip: possible ? false : 'runs on a lab host', timeout: 120_000 }, () => {
  let start: KernelState;

  before(async () => {
    await installManagers();
    assert.match(readFileSync('/usr/lib/systemd/network/99-default.link', 'utf8'), /MACAddressPolicy=persistent/);
    await sh('mkdir -p /run/udev; /usr/lib/systemd/systemd-udevd --daemon');
    start = await kernel.observe();
    // The policy is at work: it gives an address of its own to whatever has one that the kernel drew.
    await batch('link add drawn type bridge');
    await sh('udevadm settle');
    assert.equal(assigned('drawn'), given);
    await batch('link del drawn');
  });
  after(async () => {
    rmSync(SETTINGS, { force: true });
    await restore(start);
    await sh('udevadm control --exit');
  });

  test('HT-034 a bridge over a nic has the nic’s address, and nobody replaces it', async () => {
    await apply({ bonds: {}, networks: { red: network({ base: 'eth1' }) } });
    await sh('udevadm settle');
    const now = await kernel.observe();
    assert.equal(link(now, 'red').mac, link(start, 'eth1').mac);
    assert.equal(assigned('red'), given);
  });

  test('what a distribution sets on every new device does not replace what a network needs', async () => {
    writeFileSync(SETTINGS, 'net.ipv4.conf.*.rp_filter = 1\nnet.ipv6.conf.*.disable_ipv6 = 0\n');
    await batch('link add drawn type bridge');
    await sh('udevadm settle');
    const filter = (device: string) => readFileSync(`/proc/sys/net/ipv4/conf/${device}/rp_filter`, 'utf8').trim();
    assert.equal(filter('drawn'), '1', 'the settings are at work');
    await batch('link del drawn');
    const config: HostConfig = {
      bonds: {},
      networks: { red: network({ base: 'eth1', vlan: 5, ipv4: ip('198.51.100.5', '198.51.100.1') }) },
    };
    await apply(config);
    await sh('udevadm settle');
    assert.equal(filter('red'), '2');
    assert.ok(link(await kernel.observe(), 'eth1.5').ipv6Disabled);
    rmSync(SETTINGS);
    await restore(start);
  });

  test('HT-212 udev changes neither address nor name of what is made', async () => {
    const config: HostConfig = {
      bonds: { bond0: bond(['eth2', 'eth3']) },
      networks: {
        red: network({ base: 'eth1' }),
        blue: network({ base: 'bond0', vlan: 7 }),
        plain: network({ base: 'bond0', vlan: 8, bridged: false }),
        lone: network({}),
      },
    };
    const { after: made } = await apply(config);
    await sh('udevadm settle');
    const now = await kernel.observe();
    const macs = ({ links }: KernelState) => links.map(({ name, mac }) => `${name} ${mac}`);
    assert.deepEqual(macs(now), macs(made));
    for (const name of ['bond0', 'blue', 'lone']) assert.equal(assigned(name), given, name);
    assert.equal(link(now, 'blue').mac, link(start, 'eth2').mac);
    assert.equal(link(now, 'bond0.8').mac, link(start, 'eth2').mac);
    // The same each time, and as no other host would have it.
    const lone = link(now, 'lone').mac;
    await restore(start);
    await apply({ bonds: {}, networks: { lone: network({}) } });
    await sh('udevadm settle');
    assert.equal(link(await kernel.observe(), 'lone').mac, lone);
  });
});
