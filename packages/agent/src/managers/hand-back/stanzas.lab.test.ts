/** What ifupdown is handed, word for word on a real kernel; a shell reads the lines in ifupdown's order, since they are all it takes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { ManagerReport } from '@patchbay/protocol';
import { apply, batch, kernel } from '../../execute/real-kernel-for-tests.ts';
import { HANDED_BACK } from '../ifupdown.ts';
import { rich, sameNetwork } from '../lab-for-tests.ts';
import { planHandBack } from './plan-hand-back.ts';

const possible = process.getuid?.() === 0 && process.env['PATCHBAY_LAB'] !== undefined;
const ifupdown: ManagerReport = { name: 'ifupdown', running: false, devices: [], claims: [] };

/** As `ifup -a` and `ifdown -a` do: the options of each stanza in turn. */
function interpret(text: string, options: readonly string[]): void {
  for (const stanza of text.split(/^auto .*$/m).slice(1)) {
    for (const option of options) {
      for (const [, command = ''] of stanza.matchAll(new RegExp(`^ +${option} (.*)$`, 'gm'))) {
        const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
        assert.equal(status, 0, `${command}: ${stderr}`);
      }
    }
  }
}

test('HT-214 what ifupdown is told makes the same network at the next boot, and does no harm on a host where it stands', {
  skip: possible ? false : 'runs on a lab host',
}, async () => {
  await apply(rich);
  const before = await kernel.observe();
  const plan = planHandBack({ ...before, managers: [ifupdown] }, rich, { manager: 'ifupdown' }, {});
  assert.ok(plan.ok && plan.value.ops[0]?.kind === 'manager.hand-back', JSON.stringify(plan));
  const text = plan.value.ops[0].files.find(({ path }) => path === HANDED_BACK)?.text ?? '';
  const execution = await kernel.execute(plan.value.ops.slice(1));
  assert.ok(execution.ok, JSON.stringify(execution));
  await sameNetwork(kernel, before);
  interpret(text, ['pre-up', 'up']);
  await sameNetwork(kernel, before);

  // As after a boot: nothing is there but the nics.
  await batch(...['red', 'old', 'lone', 'bond0'].map((name) => `link del ${name}`));
  await batch(...['eth1', 'eth3', 'eth4'].map((name) => `link set ${name} down`));
  await batch('rule flush', 'rule add priority 32766 lookup main', 'rule add priority 32767 lookup default');
  interpret(text, ['pre-up', 'up']);
  await sameNetwork(kernel, before);

  interpret(text, ['down', 'post-down']);
  const left = (await kernel.observe()).links.map(({ name }) => name);
  assert.ok(!left.some((name) => ['red', 'old', 'lone', 'bond0', 'bond0.7', 'bond0.8'].includes(name)), `${left}`);
});
