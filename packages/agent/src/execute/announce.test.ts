import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { announce } from './announce.ts';

/** @returns how the programs that a host has were called for it */
async function calls(programs: readonly string[], family: 4 | 6, address: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const said = join(folder, 'said');
  for (const program of programs) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} $*" >> ${said}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  await announce('bond0', family, address, { PATH: folder });
  return existsSync(said) ? readFileSync(said, 'utf8') : '';
}

test('neighbours of both families are told, by what the host has for it', async () => {
  const arp = 'arping -U -c 1 -I bond0 192.0.2.7\n';
  assert.equal(await calls(['arping', 'busybox', 'ndptool'], 4, '192.0.2.7'), arp);
  assert.equal(await calls(['busybox', 'ndptool'], 4, '192.0.2.7'), `busybox ${arp}`);
  const advertisement = 'ndptool -t na -U -i bond0 -T 2001:db8::7 send\n';
  assert.equal(await calls(['arping', 'busybox', 'ndptool'], 6, '2001:db8::7'), advertisement);
});

test('a host without a program for it does what it does without', async () => {
  assert.equal(await calls([], 4, '192.0.2.7'), '');
  assert.equal(await calls(['arping', 'busybox'], 6, '2001:db8::7'), '');
});
