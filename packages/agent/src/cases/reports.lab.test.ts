/** What a host reports of its devices (HT-177, HT-180, HT-183, X14). */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { kernelAlone } from '../execute/kernel-alone.ts';
import { Reporter } from '../link/reporter.ts';
import { parseDevices, readCounters } from '../observe/counters.ts';
import { usualNicPatterns } from '../observe/nic-patterns.ts';
import { Statistics } from '../observe/statistics.ts';
import { realDisk } from '../persist/disk.ts';
import { Documents } from '../persist/documents.ts';
import { planFor } from '../plan/plan-for.ts';
import { config, kernelCase, kernelCases, say, sayFar } from './kit/case.ts';
import { farOf, macOf, NICS } from './kit/host.ts';
import { exists, link, sysfs } from './kit/look.ts';

const NEAR = '198.51.100.5';
const FAR = '198.51.100.1';
const FRAMES = 100;
/** Bytes of one frame on the cable: payload, UDP, IPv4 and Ethernet. */
const FRAME = 1000 + 8 + 20 + 14;
/** Says something to an address so often, to a port where nobody listens. */
const talker = (address: string) => `
  const socket = require('node:dgram').createSocket('udp4');
  let left = ${FRAMES};
  const next = () => (left-- > 0 ? socket.send(Buffer.alloc(1000), 9, '${address}', next) : socket.close());
  next();`;

/** The way to ask for taps, which udev makes where there is one. */
function makeTapsPossible(): void {
  if (existsSync('/dev/net/tun')) return;
  mkdirSync('/dev/net', { recursive: true });
  say('mknod', '/dev/net/tun', 'c', '10', '200');
}

kernelCases('reports', () => {
  kernelCase(
    'HT-177 radios, plumbing of containers and taps are no nics, and fake nics are like real ones',
    async (host) => {
      makeTapsPossible();
      await host.foreign(
        [
          'link add wlan7 type veth peer name uplink',
          'link add veth12ab type veth peer name veth_lab',
          'link add dummy_0 type dummy',
          'link set dummy_0 up',
          'link add dummy1 type dummy',
          'tuntap add dev vnet0 mode tap',
        ],
        ['link del wlan7', 'link del veth12ab', 'link del dummy_0', 'link del dummy1', 'tuntap del dev vnet0 mode tap'],
      );
      const kernel = kernelAlone({ fakeNics: usualNicPatterns.fake });
      const folder = mkdtempSync('/tmp/reports-');
      host.afterwards(async () => rmSync(folder, { recursive: true }));
      const documents = await Documents.open(realDisk, folder);
      const { links } = await new Reporter(kernel, documents, 1, () => false, usualNicPatterns).report();
      const nics = links.flatMap(({ name, kind }) => (kind === 'nic' && !/^eth\d$/.test(name) ? [name] : []));
      assert.deepEqual(nics.sort(), [...NICS, 'dummy_0', 'uplink', 'veth_lab'].sort());
      const before = await kernel.observe();
      for (const base of ['dummy1', 'vnet0']) {
        const plan = planFor(before, config({ red: { base } }));
        assert.equal(plan.ok || plan.problem.code, 'ERR_BAD_NIC', base);
      }
      for (const wanted of [config({ red: { base: 'dummy_0', vlan: 7 } }), config({})]) {
        const plan = planFor(await kernel.observe(), wanted);
        assert.ok(plan.ok && plan.value.ops.length > 0);
        assert.deepEqual(await kernel.execute(plan.value.ops), { ok: true });
        const state = await kernel.observe();
        const left = planFor(state, wanted);
        assert.deepEqual(left.ok && left.value.ops, []);
        assert.equal(exists(state, 'dummy_0.7'), 'red' in wanted.networks);
      }
    },
  );

  kernelCase('HT-180 a slave has the address of its bond, and its own is told beside it', async (host) => {
    const { state } = await host.reach(config({}, { bond0: { slaves: ['nic1', 'nic2'], options: { mode: '1' } } }));
    for (const nic of ['nic1', 'nic2']) {
      const { mac, permanentMac } = link(state, nic);
      assert.deepEqual([mac, permanentMac], [macOf('nic1'), macOf(nic)], nic);
      assert.equal(sysfs(nic, 'address'), macOf('nic1'));
    }
    const { state: free } = await host.reach(config({}));
    assert.deepEqual([link(free, 'nic2').mac, link(free, 'nic2').permanentMac], [macOf('nic2'), macOf('nic2')]);
  });

  kernelCase('HT-183 the counters of both ends of a cable rise, each in its direction', async (host) => {
    await host.reach(
      config({
        red: { base: 'nic1', bridged: false, ipv4: { method: 'static', address: NEAR, prefix: 24, gateway: null } },
      }),
    );
    await host.far(`addr add ${FAR}/24 dev ${farOf('nic1')}`);
    let now = 0;
    const statistics = new Statistics(readCounters, () => now);
    const look = () => {
      const near = statistics.now().links['nic1'];
      const far = parseDevices(sayFar('cat', '/proc/net/dev'))[farOf('nic1')];
      assert.ok(near && far);
      return { near, far };
    };
    const said = FRAMES * FRAME;
    const before = look();

    say(process.execPath, '-e', talker(FAR));
    now = 2_000;
    const sent = look();
    assert.ok(sent.near.txBytes - before.near.txBytes >= said, 'what was said went out here');
    assert.equal(sent.far.rxBytes - before.far.rxBytes, sent.near.txBytes - before.near.txBytes, 'and came in there');
    assert.ok(sent.near.rxBytes - before.near.rxBytes < said / 2, 'hardly anything came back');
    assert.equal(sent.near.txRate, (sent.near.txBytes - before.near.txBytes) / 2, 'bytes per second');

    sayFar(process.execPath, '-e', talker(NEAR));
    now = 4_000;
    const heard = look();
    assert.ok(heard.near.rxBytes - sent.near.rxBytes >= said, 'what was said there came in here');
    assert.equal(heard.far.txBytes - sent.far.txBytes, heard.near.rxBytes - sent.near.rxBytes);
    assert.ok(heard.near.txBytes - sent.near.txBytes < said / 2);
    statistics.close();
    await host.far(`addr del ${FAR}/24 dev ${farOf('nic1')}`);
  });

  kernelCase('X14 nothing is made up of the speed of what has no carrier', async (host) => {
    await host.far(`link set ${farOf('nic1')} down`, `link set ${farOf('nic2')} down`);
    const { state } = await host.reach(config({}, { bond0: { slaves: ['nic1', 'nic2'], options: { mode: '1' } } }));
    assert.equal(sysfs('bond0', 'speed'), '-1', 'which is what the kernel says');
    assert.deepEqual([link(state, 'bond0').carrier, link(state, 'bond0').speed], [false, null]);
    await host.far(`link set ${farOf('nic1')} up`, `link set ${farOf('nic2')} up`);
    assert.equal(link(await host.settled(), 'bond0').speed, Number(sysfs('bond0', 'speed')));
  });
});
