import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseTableNames, readTableNames } from './table-names.ts';

test('a table has the number that stands before its name, in either form; comments have none', () => {
  const text =
    '#\n# reserved values\n#\n255\tlocal\n#1\tinr.ruhep\n  0xC8 isp2 # the second uplink\n201\tisp3\nisp4 202\n203\n204 #x\n';
  assert.deepEqual(parseTableNames(text), [
    ['local', 255],
    ['isp2', 200],
    ['isp3', 201],
  ]);
});

test('names come from every file, and those of the administrator have the last word', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'table-names-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [theirs, own, missing] = [join(folder, 'usr'), join(folder, 'etc'), join(folder, 'none')];
  for (const each of [theirs, own]) mkdirSync(join(each, 'rt_tables.d'), { recursive: true });
  writeFileSync(join(theirs, 'rt_tables'), '200 isp2\n201 isp3\n');
  writeFileSync(join(own, 'rt_tables'), '300 isp2\n');
  writeFileSync(join(own, 'rt_tables.d', 'vpn.conf'), '400 vpn\n');
  writeFileSync(join(own, 'rt_tables.d', 'README'), '500 readme\n');
  assert.deepEqual(Object.fromEntries(readTableNames([missing, theirs, own])), {
    ...{ default: 253, main: 254, local: 255 },
    ...{ isp2: 300, isp3: 201, vpn: 400 },
  });
  assert.deepEqual(Object.keys(Object.fromEntries(readTableNames([missing]))), ['default', 'main', 'local']);
});
