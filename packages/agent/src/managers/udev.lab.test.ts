/** With a real udev and its default policies for names and addresses. Runs on a lab host, as root, and uses eth1 to eth5. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { apply, batch, bond, kernel, link, network, restore } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { installManagers, possible, sh } from './lab-for-tests.ts';

/** 1: drawn by the kernel, which is what the policy replaces; 3: given. */
const assigned = (device: string) => readFileSync(`/sys/class/net/${device}/addr_assign_type`, 'utf8').trim();
const given = '3';

describe('with udev', { skip: possible ? false : 'runs on a lab host', timeout: 120_000 }, () => {
  let start: KernelState;

  before(async () => {
    await installManagers();
    assert.match(readFileSync('/usr/lib/systemd/network/99-default.link', 'utf8'), /MACAddressPolicy=persistent/);
    await sh('mkdir -p /run/udev; /usr/lib/systemd/systemd-udevd --daemon');
    start = await kernel.observe();
    // The policy is at work: it gives an address of its own to whatever has one that the kernel drew.
    await batch('link add drawn type bridge');
    const drawn = link(await kernel.observe(), 'drawn').mac;
    await sh('udevadm settle');
    assert.notEqual(link(await kernel.observe(), 'drawn').mac, drawn);
    await batch('link del drawn');
  });
  after(async () => {
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
