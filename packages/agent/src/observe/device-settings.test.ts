import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LinkReport } from '@patchbay/protocol';
import { addDeviceSettings } from './device-settings.ts';
import { parseLinks } from './links.ts';

const entry = (ifname: string, kind: string | null, operstate: string, addresses: object[] = []) => ({
  ifindex: 2,
  ifname,
  operstate,
  link_type: 'ether',
  flags: ['UP'],
  ...(kind === null ? {} : { linkinfo: { info_kind: kind } }),
  addr_info: addresses,
});
/** The same, of a link that Patchbay made. */
const ours = (...given: Parameters<typeof entry>) => ({ ...entry(...given), ifalias: `patchbay:${given[1]}:blue` });
const linkLocal = { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' };

/** Whether IPv6 is off on the link, where the file of its setting says so or not. */
function isOff(link: object, file: string | null): boolean {
  const root = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const links: LinkReport[] = parseLinks(JSON.stringify([link]));
  const name = links[0]?.name ?? '';
  if (file !== null) {
    mkdirSync(`${root}/proc/sys/net/ipv6/conf/${name}`, { recursive: true });
    writeFileSync(`${root}/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, `${file}\n`);
  }
  addDeviceSettings(links, root);
  rmSync(root, { recursive: true });
  return links[0]?.ipv6Disabled ?? false;
}

test('whether IPv6 is on is told by the addresses of a link of ours that works, and otherwise asked', () => {
  assert.equal(isOff(ours('br', 'bridge', 'UP'), '0'), true, 'it would have an address');
  assert.equal(isOff(ours('br', 'bridge', 'UP', [linkLocal]), '1'), false);
  assert.equal(isOff(ours('br', 'bridge', 'DOWN'), '0'), false, 'without carrier it need not have one');
  assert.equal(isOff(ours('br', 'bridge', 'DOWN'), '1'), true);
  assert.equal(isOff(ours('br', 'bridge', 'DOWN'), null), true, 'too small for IPv6');
});

test('a link that another hand made is asked, for it may make no address though IPv6 is on', () => {
  for (const kind of ['bond', 'vlan', 'bridge']) {
    assert.equal(isOff(entry('link', kind, 'UP'), '0'), false, kind);
    assert.equal(isOff(entry('link', kind, 'UP'), '1'), true, kind);
  }
  const taken = { ...entry('bond7', 'bond', 'UP'), ifalias: 'patchbay:nic:mtu=1500,ipv6=on' };
  assert.equal(isOff(taken, '0'), false);
});

test('how link-local addresses are made is told, but not that a secret makes them, which cannot be given back', () => {
  const root = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const folder = `${root}/proc/sys/net/ipv6/conf/link`;
  mkdirSync(folder, { recursive: true });
  const mode = (kind: string | null, text: string): string | undefined => {
    writeFileSync(`${folder}/addr_gen_mode`, text);
    writeFileSync(`${folder}/disable_ipv6`, '1\n');
    const links: LinkReport[] = parseLinks(JSON.stringify([entry('link', kind, 'UP')]));
    addDeviceSettings(links, root);
    return links[0]?.sysctls?.['ipv6/addr_gen_mode'];
  };
  for (const kind of [null, 'bond', 'vlan', 'bridge']) assert.equal(mode(kind, '1\n'), '1', `${kind}`);
  assert.deepEqual([mode(null, '0\n'), mode(null, '2\n'), mode(null, '3\n')], ['0', undefined, '3']);
  rmSync(root, { recursive: true });
});

test('a nic is always asked, because it gets back what it had', () => {
  assert.equal(isOff(entry('eth1', null, 'UP'), '0'), false);
  assert.equal(isOff(entry('eth1', null, 'UP'), '1'), true);
});

test('HT-181 a speed is told in Mbit/s, and is unknown when it is said to be, in any width', () => {
  const root = mkdtempSync(join(tmpdir(), 'patchbay-'));
  mkdirSync(`${root}/sys/class/net/eth1`, { recursive: true });
  const speed = (text: string): number | null | undefined => {
    writeFileSync(`${root}/sys/class/net/eth1/speed`, text);
    const links: LinkReport[] = parseLinks(JSON.stringify([entry('eth1', null, 'UP')]));
    addDeviceSettings(links, root);
    return links[0]?.speed;
  };
  for (const unknown of ['-1\n', '65535\n', '4294967295\n', '0\n', '\n']) assert.equal(speed(unknown), null, unknown);
  assert.deepEqual([speed('25000\n'), speed('100000\n')], [25_000, 100_000]);
  rmSync(root, { recursive: true });
});
