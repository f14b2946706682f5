/** A host whose kernel has no IPv6, as one that was started with `ipv6.disable=1`. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Lab, runInside, startLab } from '@patchbay/lab';
import { uml } from '../../packages/lab/src/guests/launch/uml.ts';

const program = fileURLToPath(
  new URL('../../packages/agent/src/observe/kernel-without-ipv6.program.ts', import.meta.url),
);

describe('a kernel without IPv6', { timeout: 120_000 }, () => {
  let lab: Lab;
  before(async () => {
    const guest = uml('256M');
    const command: typeof guest.command = (folder) => {
      const { argv, env } = guest.command(folder);
      return { argv: [...argv, 'ipv6.disable=1'], env };
    };
    lab = await startLab({ hosts: 1, launch: { ...guest, command } });
  });
  after(() => lab?.stop());

  test('HT-168 a kernel without IPv6 says so, refuses it before any change, and carries all else', async () => {
    let text = '';
    const hear = (piece: string) => {
      text += piece;
    };
    assert.equal(await runInside(lab, 'host1', program, [], { out: hear, err: hear }), 0, text);
    const said = JSON.parse(text.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    assert.deepEqual(said, {
      ipv6: false,
      refused: 'ERR_UNSUPPORTED',
      executed: { ok: true },
      addresses: ['192.0.2.5'],
      undone: { ok: true },
    });
  });
});
