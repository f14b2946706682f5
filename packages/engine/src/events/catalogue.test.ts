import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from './catalogue.ts';

test('no number stands for two events', () => {
  const numbers = Object.values(catalogue).map(([code]) => code);
  assert.equal(new Set(numbers).size, numbers.length);
});

test('numbers that former engines gave to other events stay free', () => {
  const former = [30005, 30006, 30009, 30010, 30011, 30012, 30013, 30020, 30021];
  const copiesAndFunctions = Array.from({ length: 14 }, (_, at) => 30040 + at);
  const numbers = new Set<number>(Object.values(catalogue).map(([code]) => code));
  assert.deepEqual(
    [...former, ...copiesAndFunctions].filter((code) => numbers.has(code)),
    [],
  );
});
