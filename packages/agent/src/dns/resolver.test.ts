import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ResolvConf, withNameservers } from './resolver.ts';

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
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const path = join(folder, 'resolv.conf');
  writeFileSync(path, 'nameserver 192.0.2.1\n', { mode: 0o640 });
  await new ResolvConf(path).set(['192.0.2.2']);
  assert.equal(readFileSync(path, 'utf8'), 'nameserver 192.0.2.2\n');
  assert.equal(statSync(path).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(folder), ['resolv.conf']);
});

test('a file that is not there is made', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'resolv.conf');
  await new ResolvConf(path).set(['192.0.2.2']);
  assert.equal(readFileSync(path, 'utf8'), 'nameserver 192.0.2.2\n');
  assert.equal(statSync(path).mode & 0o777, 0o644);
});

test('a link is never written through', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  writeFileSync(join(folder, 'stub'), 'nameserver 127.0.0.53\n');
  symlinkSync('stub', join(folder, 'resolv.conf'));
  await assert.rejects(new ResolvConf(join(folder, 'resolv.conf')).set(['192.0.2.2']), /is a link to stub/);
  assert.equal(readFileSync(join(folder, 'stub'), 'utf8'), 'nameserver 127.0.0.53\n');
});
