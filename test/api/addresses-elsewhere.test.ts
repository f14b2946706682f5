/** IP-13 over all hosts: an address that another host has is found, however it is spelled there. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hostAt, makeNetwork, type System, startSystem } from './system.ts';

describe('static addresses of other hosts', { timeout: 60_000 }, () => {
  let system: System;
  before(async () => {
    system = await startSystem(2);
    for (const name of ['red', 'blue']) await makeNetwork(system, name, { vlan: name === 'red' ? 7 : 8 });
  });
  after(() => system?.stop());

  const give = (
    host: number,
    network: string,
    nic: string,
    version: 'v4' | 'v6',
    address: string,
    properties?: object,
  ) =>
    hostAt(system, host).request('POST', '/setupnetworks', {
      modified_network_attachments: {
        network_attachment: [
          {
            network: { name: network },
            host_nic: { name: nic },
            ip_address_assignments: {
              ip_address_assignment: [
                { assignment_method: 'static', ip: { address, netmask: version === 'v4' ? '24' : '64', version } },
              ],
            },
            ...(properties && { properties }),
          },
        ],
      },
    });

  for (const [version, address, spelled, free] of [
    ['v4', '10.7.0.5', '10.7.0.5', '10.7.0.6'],
    ['v6', '2001:DB8:7::5', '2001:db8:7:0::0005', '2001:db8:7::6'],
  ] as const) {
    test(`${address} is for one host`, async () => {
      const first = await give(0, 'red', 'eth1', version, address);
      assert.equal(first.status, 200, first.text);
      const second = await give(1, 'blue', 'eth1', version, spelled);
      assert.equal(second.status, 409);
      assert.match(second.text, /is already used by red on host1.*IP-13/s);
      assert.equal((await give(1, 'blue', 'eth1', version, free)).status, 200);
      assert.equal((await give(0, 'red', 'eth2', version, address)).status, 200, 'it is its own');
    });
  }

  test('an address that another host has beside its own is found, and one wanted beside it', async () => {
    const further = (host: number, network: string, own: string, more: string) =>
      give(host, network, 'eth1', 'v4', own, { property: [{ name: 'ipv4_addrs', value: more }] });
    assert.equal((await further(0, 'red', '10.7.1.5', '10.7.1.6/24 10.7.1.7/24')).status, 200);
    const own = await give(1, 'blue', 'eth1', 'v4', '10.7.1.7');
    assert.match(own.text, /10\.7\.1\.7 is already used by red on host1.*IP-13/s);
    const beside = await further(1, 'blue', '10.7.1.8', '10.7.1.9/24,10.7.1.5/24');
    assert.match(beside.text, /10\.7\.1\.5 is already used by red on host1.*IP-13/s);
    assert.equal((await further(1, 'blue', '10.7.1.8', '10.7.1.9/24')).status, 200);
  });
});
