/**
 * With a real lldpd on this host, and others at the other ends of cables of its own. Runs on a lab host, as root; lldpd comes from
 * where `script/setup --lldpd` unpacks it.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { LldpElement } from '@patchbay/protocol';
import type { Happened } from '../drift/events.ts';
import { NeighbourWatch } from '../drift/neighbour-watch.ts';
import { batch, kernel } from '../execute/real-kernel-for-tests.ts';
import { sh } from '../managers/lab-for-tests.ts';
import { lldpNeighbours } from './lldp-neighbours.ts';

const files = process.env['PATCHBAY_LLDPD'] ?? '';
const possible = process.getuid?.() === 0 && process.env['PATCHBAY_LAB'] !== undefined && existsSync(files);

const DOT1 = 0x0080c2;
const DOT3 = 0x00120f;

const peers: ChildProcess[] = [];

/** A machine of its own at the other end of a new cable, with an lldpd that is told more once it runs. */
async function peer(name: string, mac: string, nic: string, lines: string[], told: string[]): Promise<void> {
  await batch(`netns add ${name}`, `link add ${nic} up type veth peer name e1 address ${mac} netns ${name}`);
  await sh(`ip -n ${name} -batch - <<'END'\n${lines.join('\n')}\nEND`);
  const configuration = told.map((line) => `echo '${line}'`).join('; ');
  const script = `mount -t tmpfs run /run; mkdir -p /run/lldpd; (${configuration}) >/run/told
    exec unshare --uts sh -c 'echo ${name} >/proc/sys/kernel/hostname; exec lldpd -d -O /run/told'`;
  peers.push(spawn('ip', ['netns', 'exec', name, 'sh', '-c', script], { stdio: 'ignore' }));
}

const told = async (nic: string): Promise<LldpElement[]> => (await lldpNeighbours(kernel)).nics[nic] ?? [];

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > end)
      throw new Error(`Not within a minute: ${what}; ${JSON.stringify(await lldpNeighbours(kernel))}`);
    await pause(200);
  }
}

describe('with lldpd', { skip: possible ? false : 'runs on a lab host', timeout: 300_000 }, () => {
  const events: Happened[] = [];
  const watch = new NeighbourWatch(
    {
      links: async () => (await kernel.observe()).links,
      tell: (more) => events.push(...more),
      environment: {},
      log: () => {},
    },
    // Who is there before it listens is no news, so nobody is; whoever goes is missed at once.
    { again: 200, soon: 10, apart: 10, patience: 0 },
  );
  const news = (nic: string) =>
    events.filter(({ device }) => device === nic).map(({ before, after }) => [before, after]);

  before(async () => {
    await sh(`cp -a '${files}/.' /; mkdir -p /run/lldpd
      grep -q ^_lldpd: /etc/passwd || echo _lldpd:x:989:989::/run/lldpd:/usr/sbin/nologin >>/etc/passwd
      grep -q ^_lldpd: /etc/group || echo _lldpd:x:989: >>/etc/group`);
    // It is looked for until it is there.
    watch.start();
    await sh('lldpd -r >/dev/null 2>&1');
  });
  after(async () => {
    watch.close();
    for (const child of peers) {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    }
    await sh('kill $(cat /run/lldpd.pid); for name in $(ip netns list | cut -d" " -f1); do ip netns del $name; done');
  });

  test('HT-184 every TLV that a real lldpd sends has its name, OUI and subtype, and repeats are kept', async () => {
    await peer(
      'sw-a',
      '02:00:00:00:00:fe',
      'lldp0',
      [
        'link add bond0 type bond mode active-backup',
        'link set e1 master bond0',
        'link set bond0 up',
        'link add br0 type bridge vlan_filtering 1 vlan_default_pvid 30',
        'link set bond0 master br0',
        'link set br0 up',
        'link add link bond0 name dmz type vlan id 31',
        'link set dmz up',
        'address add 192.0.2.1/24 dev br0',
        'address add 2001:db8::1/64 dev br0 nodad',
      ],
      [
        'configure system description "A switch, release 1"',
        'configure lldp portidsubtype ifname',
        'configure lldp custom-tlv oui 33,44,55 subtype 200 oui-info 01,02',
        'configure lldp custom-tlv add oui 33,44,55 subtype 200 oui-info 03',
        'configure lldp custom-tlv oui 00,80,c2 subtype 7 oui-info 03,00,00,00,2a',
      ],
    );
    await until('sw-a is heard with all it tells', async () => (await told('lldp0')).length >= 16);
    const elements = await told('lldp0');
    // What its kernel numbers is another number each time.
    const plain = ({ 'interface numbering': _, ...properties }: LldpElement['properties']) => properties;
    const address = (family: string, value: string) => ({
      'management address subtype': family,
      'management address': value,
    });
    const aggregated = { 'Aggregation capable': 'True', 'Currently aggregated': 'True' };
    const last = elements.at(-1);
    assert.ok(last !== undefined);
    assert.match(last.properties['Aggregated Port ID'] ?? '', /^[1-9]\d*$/);
    assert.deepEqual(
      elements.map(({ name, type, oui, subtype, properties }) => [
        ...[type, ...(oui === undefined ? [] : [oui, subtype]), name],
        plain(properties),
      ]),
      [
        [1, 'Chassis ID', { 'chassis ID subtype': 'MAC', 'chassis ID': '02:00:00:00:00:fe' }],
        [2, 'Port ID', { 'port ID subtype': 'Ifname', 'port ID': 'e1' }],
        [3, 'Time to Live', { 'time to live': '120' }],
        [4, 'Port Description', { 'port description': 'e1' }],
        [5, 'System Name', { 'system name': 'sw-a' }],
        [6, 'System Description', { 'system description': 'A switch, release 1' }],
        [
          7,
          'System Capabilities',
          { 'system capabilities': 'Bridge, Router, Wlan, Station', 'enabled capabilities': 'Bridge' },
        ],
        [8, 'Management Address', address('IPv4', '192.0.2.1')],
        [8, 'Management Address', address('IPv6', '2001:db8::1')],
        [127, DOT1, 1, 'Port VLAN ID', { 'Port VLAN ID': '30' }],
        [127, DOT1, 3, 'VLAN Name', { 'VLAN ID': '30', 'VLAN Name': 'vlan30' }],
        [127, DOT1, 3, 'VLAN Name', { 'VLAN ID': '31', 'VLAN Name': 'vlan31' }],
        [127, 0x334455, 200, 'Organizationally Specific', { value: '0102' }],
        [127, 0x334455, 200, 'Organizationally Specific', { value: '03' }],
        [127, DOT1, 7, 'Link Aggregation', { ...aggregated, 'Aggregated Port ID': '42' }],
        [
          127,
          DOT3,
          3,
          'Link Aggregation',
          { ...aggregated, 'Aggregated Port ID': last.properties['Aggregated Port ID'] },
        ],
      ],
    );
  });

  test('HT-185 a nic that comes is heard by without a restart, one whose link is down hears nobody, and each is told of', async () => {
    assert.deepEqual(await told('lldp1'), []);
    await peer('sw-b', '02:00:00:00:00:fd', 'lldp1', ['link set e1 up'], ['configure lldp portidsubtype ifname']);
    await until('sw-b is heard', async () => (await told('lldp1')).length > 0);
    const there = [null, 'sw-b, port e1'];
    await until('it is told of', async () => news('lldp1').length === 1);
    await sh('ip -n sw-b link set e1 down');
    await until('nobody is heard', async () => (await told('lldp1')).length === 0);
    await until('that is told of as well', async () => news('lldp1').length === 2);
    await sh('ip -n sw-b link set e1 up');
    await until('sw-b is heard again', async () => (await told('lldp1')).length > 0);
    await until('and that', async () => news('lldp1').length === 3);
    assert.deepEqual(news('lldp1'), [there, there.toReversed(), there]);
    assert.deepEqual(news('lldp0').length, 1, 'the other cable is as it was');
  });
});
