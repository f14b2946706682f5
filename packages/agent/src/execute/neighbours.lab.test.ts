/** Real neighbours, in the table of a real kernel. Runs on a lab host, as root. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Segment } from '../dhcp/segment-for-tests.ts';
import { KernelNeighbours } from './neighbours.ts';
import { inLab } from './real-kernel-for-tests.ts';
import { run } from './spawn.ts';

const neighbours = new KernelNeighbours();

describe('neighbours of a real kernel', { skip: inLab ? false : 'needs a lab host' }, () => {
  let segment: Segment;
  before(async () => {
    segment = await Segment.make(['near0']);
    for (const address of ['10.9.0.2/24', '2001:db8::2/64 nodad'])
      await run('ip', ['addr', 'add', ...address.split(' '), 'dev', 'near0'], 10_000);
  });
  after(() => segment?.end());

  for (const [there, silent] of [
    ['10.9.0.1', '10.9.0.77'],
    ['2001:db8::1', '2001:db8::77'],
  ] as const) {
    test(`${there} is known once it has answered, and no more when it does not`, async () => {
      assert.equal(await neighbours.known('near0', there), false, 'not asked yet');
      assert.ok(await neighbours.answers('near0', there));
      assert.ok(await neighbours.known('near0', there));
      assert.equal(await neighbours.answers('near0', silent), false, 'nobody has it');
      assert.equal(await neighbours.known('near0', silent), false);
      await segment.ip(`addr del ${there}/${there.includes(':') ? 64 : 24} dev br0`);
      assert.equal(await neighbours.answers('near0', there), false, 'it has gone');
      assert.equal(await neighbours.known('near0', there), false);
    });
  }
});
