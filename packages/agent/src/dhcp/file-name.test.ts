import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileName, networkOf } from './file-name.ts';

test('whatever a network is called, its files are its own and in their folder', () => {
  const names = ['red', '../red', '.red', 'red~eth0~4', 'red/blue', 'a b', '%7E', 'Нетворк', 'on0123456789abc'];
  const files = names.map(fileName);
  assert.deepEqual(files.map(networkOf), names);
  assert.equal(new Set(files).size, names.length);
  for (const file of files) assert.match(file, /^[\w%-][\w.%-]*$/);
  assert.equal(fileName('red_1-b'), 'red_1-b');
});
