/** Real neighbours, in the table of a real kernel. Runs on a lab host, as root. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Segment } from '../dhcp/segment-for-tests.ts';
import { until } from '../managers/lab-for-tests.ts';
import { KernelNeighbours } from './neighbours.ts';
import { inLab } from './real-kernel-for-tests.ts';
import { outputOf, run } from './spawn.ts';

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
      assert.ok(await neighbours.answers('near0', there, 0));
      assert.ok(await neighbours.known('near0', there));
      assert.equal(await neighbours.answers('near0', silent, 0), false, 'nobody has it');
      assert.equal(await neighbours.known('near0', silent), false);
      await segment.ip(`addr del ${there}/${there.includes(':') ? 64 : 24} dev br0`);
      assert.equal(await neighbours.answers('near0', there, 0), false, 'it has gone');
      assert.equal(await neighbours.known('near0', there), false);

      // As behind the port of a switch that lets nothing through yet: all that the kernel asks by itself goes unheard.
      const late = neighbours.answers('near0', there, 60_000);
      await until('the kernel has given up', async () =>
        (await outputOf('ip', ['neigh', 'show', there], 10_000)).includes('FAILED'),
      );
      await segment.ip(`addr add ${there}/${there.includes(':') ? '64 nodad' : 24} dev br0`);
      assert.ok(await late, 'it has come back');
    });
  }
});
