/** A cable that is cut during a change: the host takes the change back by itself, the engine says so, and life goes on. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { kernelText } from './kernel-text.ts';
import { makeNetwork, type System, until, viewHost } from './system.ts';

/** Seconds; longer than the ten that a lost carrier may take to come back before verification gives up. */
const timeout = 12;

/** Made on the switch when what follows has begun to watch. */
const waiting = '/run/cutter-waits';
/**
 * Run on the switch, which sees the disk of each host: pulls the cable as soon as the host has begun, and says when. The way to the
 * host is long until then: a confirm takes several round trips, so that it comes too late however quick the host is.
 */
const cutOnceBegun = `tc qdisc add dev host1-eth0 root netem delay 300ms; touch ${waiting}
  until ls /run/lab/host1/upper/var/lib/patchbay/txn/*/* >/dev/null 2>&1; do sleep 0.02; done
  ip link set host1-eth0 down; cat /proc/uptime; tc qdisc del dev host1-eth0 root`;

export function cableCutSuite(system: () => System): void {
  describe('cable cut during a change', { timeout: 300_000 }, () => {
    test('the host reverts within the deadline plus two seconds, and the next change works', async () => {
      const host = await viewHost(system(), 'host1');
      const { lab, engine } = system();
      await makeNetwork(system(), 'cut', { vlan: 401 });
      const setup = (body: object) =>
        host.request('POST', '/setupnetworks', { ...body, connectivity_timeout: timeout });
      const body = {
        modified_network_attachments: {
          network_attachment: [{ network: { name: 'cut' }, host_nic: { name: 'eth1' } }],
        },
      };
      const applied = async () => (await lab.exec('host1', ['test', '-e', '/sys/class/net/eth1.401'])).status === 0;
      const cutting = lab.exec('switch', ['sh', '-c', cutOnceBegun]);
      const waits = async () => (await lab.exec('switch', ['test', '-e', waiting])).status === 0;
      await until('the switch watches the host', waits, 20_000);
      const answer = setup(body);
      const cut = Number((await cutting).stdout.split(' ')[0]) * 1000;
      await until('the change is under way in the kernel', applied, 20_000);
      // The host itself looks at its clock when the device has gone: asking it from here takes a while.
      const gone = 'while [ -e /sys/class/net/eth1.401 ]; do sleep 0.02; done; cat /proc/uptime';
      const late = Number((await host.exec('sh', '-c', gone)).split(' ')[0]) * 1000 - cut - timeout * 1000;
      assert.ok(late <= 2000, `the host was ${late} ms behind its deadline`);
      const reply = await answer;
      assert.ok(reply.status === 504 || reply.status === 502, reply.text);
      assert.match(reply.text, /takes? (it|the change) back|taken the change back/);
      assert.equal(engine.engine.hosts.connected(host.id), false, 'a link on which nobody answered is no connection');
      assert.equal((await host.request('GET', '/networkattachments')).text.includes('cut'), false);
      await lab.cable('host1', 'eth0', 'mend');
      await until(
        'the host is connected and settled',
        async () =>
          engine.engine.hosts.connected(host.id) && (await engine.engine.store.runningTask(host.id)) === undefined,
        60_000,
      );
      await until('the host is up', async () => (await host.request('GET', '')).text.includes('<status>up'), 30_000);
      const next = await setup(body);
      assert.equal(next.status, 200, next.text);
      assert.ok(await applied());
      const away = await setup({ removed_network_attachments: { network_attachment: [{ network: { name: 'cut' } }] } });
      assert.equal(away.status, 200, away.text);
    });

    afterEach(async () => {
      const host = await viewHost(system(), 'host1');
      const { lab, engine } = system();
      await lab.cable('host1', 'eth0', 'mend');
      await until('the host is connected', async () => engine.engine.hosts.connected(host.id), 60_000);
    });

    test('AC-323 a change that itself cuts the host off is taken back', async () => {
      const host = await viewHost(system(), 'host1');
      const before = await kernelText(host);
      const wrong = {
        assignment_method: 'static',
        ip: { address: '192.0.2.77', netmask: '24', gateway: '192.0.2.1', version: 'v4' },
      };
      const reply = await host.request('POST', '/setupnetworks', {
        connectivity_timeout: timeout,
        modified_network_attachments: {
          network_attachment: [
            { network: { name: 'ovirtmgmt' }, ip_address_assignments: { ip_address_assignment: [wrong] } },
          ],
        },
      });
      assert.ok(reply.status === 504 || reply.status === 502, reply.text);
      assert.match(reply.text, /taken the change back|takes it back/);
      assert.equal(await kernelText(host), before);
      const refreshed = await host.request('POST', '/refresh', '<action/>');
      assert.equal(refreshed.status, 200, refreshed.text);
    });
  });
}
