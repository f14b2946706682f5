import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../codec.ts';
import { seedSamples } from './seed-samples.ts';

for (const { id, type, means, bodies } of seedSamples) {
  for (const { spelling, mediaType, text } of bodies) {
    test(`${id} in the spelling ${spelling} means what the canonical request means`, () => {
      assert.deepEqual(decode(mediaType, new TextEncoder().encode(text), type), { ok: true, value: means });
    });
  }
}
