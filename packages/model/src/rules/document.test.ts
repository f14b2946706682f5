import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { rulesDocument } from './document.ts';
import { engineRules } from './engine-rules.ts';
import { hostChangeRules } from './index.ts';
import { settledRules } from './settled-rules.ts';

test('docs/rules.md says what the tables say', async () => {
  const committed = await readFile(new URL('../../../../docs/rules.md', import.meta.url), 'utf8');
  assert.equal(committed, rulesDocument(), 'print it anew with print-document.ts');
});

test('Keys are message keys, and sentences end', () => {
  for (const { id, key, sentence } of hostChangeRules.flatMap((group) => [...group.rules])) {
    assert.match(key, /^[A-Z][A-Z0-9_]+$/, id);
    assert.match(sentence, /\.$/, id);
  }
});

test('What the engine is said to refuse stands where it is said to stand', async () => {
  for (const { id, file, where } of engineRules) {
    const source = await readFile(new URL(`../../../../${file}`, import.meta.url), 'utf8');
    assert.match(source, new RegExp(`function ${where}\\b`), `${id}: name its new place in engine-rules.ts`);
  }
});

test('What is settled without a rule has a test', async () => {
  for (const { id, test: file } of settledRules) {
    const source = await readFile(new URL(`../../../../${file}`, import.meta.url), 'utf8');
    assert.match(source, new RegExp(`test\\('${id} `), `${id} needs a test in ${file}`);
  }
});

/** The rules that clients of oVirt know, group by group. */
const known: Record<string, string> = {
  HOST: '1-3',
  REQ: '1-8',
  ATT: '1-19',
  EXCL: '1',
  VLAN: '1-2',
  MTU: '1',
  IP: '1-15',
  DNS: '1-3',
  RT: '1-2',
  MGMT: '1-7',
  VM: '1',
  BOND: '1-23',
  LBL: '1-3 10-18 20-23 30-32',
  QOS: '1-10',
  PROP: '1',
  UNM: '1-4',
  EXT: '1-2 10-11',
  SYNC: '1-2',
  NET: '1-17',
  CLN: '1-13',
  VF: '1-9',
  COPY: '1-6',
};

test('No rule is missing', () => {
  const document = rulesDocument();
  for (const [group, ranges] of Object.entries(known)) {
    for (const range of ranges.split(' ')) {
      const [low, high = low] = range.split('-').map(Number);
      for (let n = low ?? 0; n <= (high ?? 0); n++) {
        const id = `${group}-${String(n).padStart(2, '0')}`;
        assert.ok(document.includes(id), `${id} is nowhere in docs/rules.md`);
      }
    }
  }
});
