/** Clients on a host whose disk is full, or has lost something. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScarceDisk } from '../persist/disk-for-tests.ts';
import { HostDhcpClients } from './clients.ts';

test('on a full disk a client runs, once, and is known to whoever started it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const program = join(folder, 'client.mjs');
  writeFileSync(program, 'setInterval(() => {}, 60_000);');
  const disk = new ScarceDisk();
  const clients = new HostDhcpClients(disk, folder, [process.execPath, program]);
  const shown = () => clients.current().map(({ network, device, family }) => `${network} ${device} ${family}`);
  // It is known by which identity the network asks.
  await clients.start('lo', 'red', 6);
  await clients.stop('lo', 'red', 6);
  disk.fill();
  const told: unknown[] = [];
  clients.unwritten = (error) => told.push(error);
  await clients.start('lo', 'red', 6);
  assert.match(String(told), /ENOSPC/);
  assert.equal(told.length, 1);
  assert.deepEqual(shown(), ['red lo 6']);
  await clients.start('lo', 'red', 6);
  assert.deepEqual(await clients.revive(), []);
  assert.equal(told.length, 1, 'no second one was started');
  await clients.stop('lo', 'red', 6);
  assert.deepEqual(shown(), []);
  disk.mend();
  await clients.start('lo', 'red', 6);
  assert.deepEqual(shown(), ['red lo 6']);
  await clients.stop('lo', 'red', 6);
});

test('files that cannot be read count as absent, are told, and keep no client from being started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const program = join(folder, 'client.mjs');
  writeFileSync(program, 'setInterval(() => {}, 60_000);');
  const disk = new ScarceDisk();
  const clients = new HostDhcpClients(disk, folder, [process.execPath, program]);
  const told = new Set<string>();
  clients.unread = (path) => told.add(path.slice(folder.length));
  const files = ['/dhcp/clients/red~lo~6.json', '/dhcp/left/red~6.json', '/dhcp/networks/red.json'];
  for (const file of files) writeFileSync(`${folder}${file}`, '{"process":');
  assert.deepEqual([clients.current(), await clients.left()], [[], []]);
  await clients.start('lo', 'red', 6);
  assert.deepEqual([...told].sort(), files);
  assert.deepEqual(
    clients.current().map(({ network }) => network),
    ['red'],
  );
  await clients.stop('lo', 'red', 6);

  writeFileSync(`${folder}${files[1]}`, '{}');
  disk.breakDown();
  const unwritten: string[] = [];
  clients.unwritten = (error) => unwritten.push(String(error));
  await clients.start('lo', 'red', 6);
  assert.equal(unwritten.length, 3, 'its identity, its process, and that nothing is to be given back');
  assert.deepEqual(
    clients.current().map(({ network }) => network),
    ['red'],
  );
  disk.mend();
  await clients.stop('lo', 'red', 6);
});
