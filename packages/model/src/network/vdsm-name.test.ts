import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vdsmName } from './vdsm-name.ts';

const id = '01234567-89ab-cdef-0123-456789abcdef';

test('A name the kernel takes is used as it is', () => {
  for (const name of ['red', 'a-B_9', 'x'.repeat(15)]) assert.equal(vdsmName(name, id), name);
});

test('Any other name is made of the id, in 15 characters', () => {
  for (const name of ['x'.repeat(16), 'with blank', 'ünlatin', 'a.b', '']) {
    assert.equal(vdsmName(name, id), 'on0123456789abc', name);
  }
});
