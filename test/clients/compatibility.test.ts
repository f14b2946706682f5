import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishedClient } from './client.ts';
import { compatibility } from './compatibility.ts';

const client = (name: string): PublishedClient => ({
  name,
  version: '2',
  install: () => Promise.resolve(),
  run: () => Promise.resolve([]),
});
const page = `# Page

<!-- What follows is written by script/test --clients. -->

### Old 1

Hosts: a kernel in memory.

| operation | result |
| --- | --- |
| read | works |

### Forgotten 1

| operation | result |
`;

test('each client has what it did in its last run, once or twice', () => {
  const outcomes = [
    { operation: 'read', problem: null },
    { operation: 'write', problem: null },
    { operation: 'write', problem: null, again: true as const },
    { operation: 'lose', problem: 'a | b' },
  ];
  const text = compatibility(page, [
    { client: client('New'), hosts: 'a real kernel', outcomes },
    { client: client('Old'), hosts: 'a real kernel', outcomes: [] },
    { client: client('Rare'), hosts: 'a real kernel', outcomes: [] },
  ]);
  assert.match(text, /^# Page\n/);
  assert.match(
    text,
    /### New 2\n\nHosts: a real kernel\.\n\n\| operation \| result \|\n\| --- \| --- \|\n\| read \| works \|\n/,
  );
  assert.match(text, /\| write \| works; again: changes nothing \|/);
  assert.match(text, /\| lose \| a \\\| b \|/);
  assert.match(text, /### Old 1\n\nHosts: a kernel in memory\.\n\n.*\n.*\n\| read \| works \|\n/, 'as it was');
  assert.match(text, /### Rare 2\n\nIt could not be had/);
  assert.doesNotMatch(text, /Forgotten/);
});
