import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { realDisk } from '../persist/disk.ts';
import { withNameservers } from './resolv-conf-text.ts';
import { readResolvconf } from './resolvconf.ts';
import { parseResolved } from './resolved.ts';
import { HostResolver } from './resolver.ts';

/** A resolver whose file is in a folder of its own, with its state in another. */
function resolver() {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const path = join(folder, 'etc/resolv.conf');
  for (const part of ['etc', 'state']) mkdirSync(join(folder, part));
  return { folder, path, resolver: new HostResolver(realDisk, join(folder, 'state'), path) };
}

test('only the servers change, and they stand where the first one stood', () => {
  const text = '# by hand\nsearch example.org\nnameserver 192.0.2.1\noptions edns0\n nameserver 192.0.2.2\n';
  assert.equal(
    withNameservers(text, ['2001:db8::1', 'fe80::1%br0']),
    '# by hand\nsearch example.org\nnameserver 2001:db8::1\nnameserver fe80::1%br0\noptions edns0\n',
  );
  assert.equal(withNameservers(text, []), '# by hand\nsearch example.org\noptions edns0\n');
  assert.equal(withNameservers('', ['192.0.2.1']), 'nameserver 192.0.2.1\n');
  assert.equal(withNameservers('', []), '');
});

test('the file keeps its mode and nothing is left beside it', async () => {
  const { folder, path, resolver: one } = resolver();
  writeFileSync(path, 'nameserver 192.0.2.1\n');
  chmodSync(path, 0o640);
  await one.set(['192.0.2.2']);
  assert.equal(readFileSync(path, 'utf8'), 'nameserver 192.0.2.2\n');
  assert.equal(statSync(path).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(join(folder, 'etc')), ['resolv.conf']);
});

test('a file that is not there is made, and is gone again when that is restored', async () => {
  const { path, resolver: one } = resolver();
  const before = await one.read();
  assert.equal(before.resolver?.file, null);
  await one.set(['192.0.2.2']);
  assert.equal(readFileSync(path, 'utf8'), 'nameserver 192.0.2.2\n');
  assert.equal(statSync(path).mode & 0o777, 0o644);
  await one.restore(null);
  assert.equal(existsSync(path), false);
});

test('a link to the file of a program that is not there is replaced, never written through', async () => {
  const { folder, path, resolver: one } = resolver();
  writeFileSync(join(folder, 'etc/theirs'), 'search example.org\nnameserver 127.0.0.53\n');
  symlinkSync('theirs', path);
  assert.deepEqual((await one.read()).nameservers, ['127.0.0.53']);
  await one.set(['192.0.2.2']);
  assert.equal(readFileSync(join(folder, 'etc/theirs'), 'utf8'), 'search example.org\nnameserver 127.0.0.53\n');
  assert.equal(readFileSync(path, 'utf8'), 'search example.org\nnameserver 192.0.2.2\n');
  assert.equal((await one.read()).resolver?.file?.target, null);
});

test('HT-176 content, mode, owner and link come back as they were', async () => {
  const { folder, path, resolver: one } = resolver();
  const content = 'nameserver 192.0.2.1\nsearch example.org\nnameserver 192.0.2.2\n';
  writeFileSync(path, content);
  chmodSync(path, 0o604);
  const asFile = (await one.read()).resolver?.file ?? null;
  await one.set(['192.0.2.9']);
  await one.restore(asFile);
  assert.deepEqual([readFileSync(path, 'utf8'), statSync(path).mode & 0o777], [content, 0o604]);
  await one.restore({ target: 'theirs', content: null, mode: 0o777, uid: 0, gid: 0 });
  writeFileSync(join(folder, 'etc/theirs'), '');
  await one.set(['192.0.2.9']);
  assert.equal(readFileSync(path, 'utf8'), 'nameserver 192.0.2.9\n');
  await one.restore({ target: 'theirs', content: null, mode: 0o777, uid: 0, gid: 0 });
  assert.equal(readlinkSync(path), 'theirs');
});

test('the file from before the first change is remembered until it is back', async () => {
  const { path, resolver: one } = resolver();
  writeFileSync(path, 'nameserver 192.0.2.1\n');
  const { resolver: before } = await one.read();
  assert.equal(before?.original, undefined);
  await one.set(['192.0.2.1']);
  assert.equal((await one.read()).resolver?.original, undefined, 'nothing was changed');
  await one.set(['192.0.2.2']);
  await one.set(['192.0.2.3']);
  const { resolver: after } = await one.read();
  assert.equal(after?.original?.content, 'nameserver 192.0.2.1\n');
  await one.restore(after?.original ?? null);
  assert.deepEqual((await one.read()).resolver, before);
});

test('what is no address of a server never reaches a file', async () => {
  const { path, resolver: one } = resolver();
  for (const bad of ['192.0.2.1\nsearch evil', 'localhost', '', '192.0.2.1 192.0.2.2', 'fe80::1%a b']) {
    await assert.rejects(one.set([bad]), /is not the address of a name server/);
  }
  assert.equal(existsSync(path), false);
});

test('systemd-resolved tells its servers by device', () => {
  const text = 'Global: 192.0.2.53\nLink 2 (eth0):\nLink 3 (bond0.10): 192.0.2.1 2001:db8::1\n';
  assert.deepEqual(parseResolved(text), { 'bond0.10': ['192.0.2.1', '2001:db8::1'] });
  assert.deepEqual(parseResolved(''), {});
});

test('what systemd-resolved wraps belongs to the device before', () => {
  const servers = ['2001:db8:0:1:2:3:4:53', '2001:db8:0:1:2:3:4:54', '2001:db8:0:1:2:3:4:55', '192.0.2.1'];
  const text = `Global:\nLink 2 (eth0): ${servers[0]} ${servers[1]}\n        ${servers[2]} ${servers[3]}\nLink 3 (eth1):\nLink 4 (eth2): 192.0.2.2\n`;
  assert.deepEqual(parseResolved(text), { eth0: servers, eth2: ['192.0.2.2'] });
});

test('a server that is too wide to stand beside its device stands in the line below', () => {
  const wide = '[2001:db8:1111:2222:3333:4444:5555:6666]:853#resolver.example.net';
  const text = `Global:\nLink 11 (eth1):\nLink 12 (enp0s31f6):\n        ${wide}\n        192.0.2.1\nLink 13 (eth9): 192.0.2.7\n`;
  assert.deepEqual(parseResolved(text), { enp0s31f6: [wide, '192.0.2.1'], eth9: ['192.0.2.7'] });
});

test('a link-local server on its own device has no zone, whether that was a name or a number', () => {
  const text = 'Link 5 (br0): fe80::1%5 fe80::2%br0#dns.example fe80::3 fe80::4%6\n';
  assert.deepEqual(parseResolved(text), { br0: ['fe80::1', 'fe80::2#dns.example', 'fe80::3', 'fe80::4%6'] });
});

test('of what resolvconf was told, only what came from here is read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  writeFileSync(join(folder, 'eth0.patchbay'), 'nameserver 192.0.2.1\nnameserver 192.0.2.2\n');
  writeFileSync(join(folder, 'eth1.dhclient'), 'nameserver 192.0.2.3\n');
  assert.deepEqual(await readResolvconf([join(folder, 'none'), folder]), { eth0: ['192.0.2.1', '192.0.2.2'] });
});

test('a memory that cannot be read counts as empty, and is told', async () => {
  const { folder, path, resolver: one } = resolver();
  writeFileSync(path, 'nameserver 192.0.2.1\n');
  await one.set(['192.0.2.2']);
  assert.equal((await one.read()).resolver?.original?.content, 'nameserver 192.0.2.1\n');
  const memory = join(folder, 'state/resolver.json');
  writeFileSync(memory, '{"original":');
  const told: string[] = [];
  one.unread = (path) => told.push(path);
  const { nameservers, resolver: read } = await one.read();
  assert.deepEqual([nameservers, read?.original], [['192.0.2.2'], undefined]);
  assert.deepEqual(told, [memory]);
  await one.set(['192.0.2.3']);
  assert.equal((await one.read()).resolver?.original?.content, 'nameserver 192.0.2.2\n');
});
