import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { rulesDocument } from './document.ts';
import { engineRules } from './engine-rules.ts';
import { hostChangeRules } from './index.ts';

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
