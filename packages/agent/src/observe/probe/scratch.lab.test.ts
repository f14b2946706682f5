/** Trials on a real kernel. Runs on a lab host, as root. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inLab } from '../../execute/real-kernel-for-tests.ts';
import { Scratch } from './scratch.ts';

describe('a scratch namespace', { skip: inLab ? false : 'needs a lab host' }, () => {
  test('has no devices of a kind that the kernel does not know', async () => {
    const scratch = new Scratch(['link add name bridge0 type bridge'], {});
    const answers = await scratch.ask(
      ['nosuchkind', 'bridge'].map((kind) => ({ lines: [], question: `link show type ${kind}` })),
    );
    await scratch.end();
    assert.deepEqual(
      answers.map((links) => links?.map((link) => link['ifname'])),
      [[], ['bridge0']],
    );
  });
});
