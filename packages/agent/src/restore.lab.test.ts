/** `agent.mjs restore`, the first thing of a boot, as the program that it is. Runs on a lab host, as root. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { HostConfig } from '@patchbay/protocol';
import { batch, ip, kernel, network } from './execute/real-kernel-for-tests.ts';
import { programs, RealHost } from './transaction/real-host-for-tests.ts';

const run = promisify(execFile);
const nothing: HostConfig = { bonds: {}, networks: {} };

describe('agent.mjs restore', { skip: programs === null && 'runs on a lab host', timeout: 120_000 }, () => {
  let host: RealHost;
  before(async () => {
    await batch('link set eth1 up');
    host = await RealHost.open();
    await host.keep({ bonds: {}, networks: { blue: network({ base: 'eth1', vlan: 5, ipv4: ip('198.51.100.5') }) } });
    // As a boot finds it.
    await host.keep(nothing, { commit: false });
  });
  after(async () => {
    await host?.keep(nothing, { checkConnectivity: false });
    await host?.close();
  });

  /** @returns the lines that it logs */
  const restore = async (): Promise<{ msg: string; lacking?: string | null; what?: string; reason?: string }[]> => {
    const program = [`${programs}/agent.mjs`, 'restore', '--state', host.parts.stateDirectory, '--patience', '5000'];
    const { stdout } = await run(process.execPath, program);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  };
  const addresses = async () => (await kernel.observe()).links.find(({ name }) => name === 'blue')?.addresses;

  test('brings up what was committed, by what it has asked a kernel that nobody has asked before', async () => {
    const asked = `${host.parts.stateDirectory}/offers.json`;
    rmSync(asked, { force: true });
    assert.equal(await addresses(), undefined);
    assert.deepEqual(
      (await restore()).map(({ msg, lacking }) => [msg, lacking]),
      [['restored the committed config after a boot', null]],
    );
    assert.ok((await addresses())?.some(({ address }) => address === '198.51.100.5'));
    assert.ok(existsSync(asked));
  });

  for (const [title, refuse, mend] of [
    [
      'read-only',
      (state: string) => [`mount --bind ${state} ${state}`, `mount -o remount,ro,bind ${state}`],
      (state: string) => [`umount ${state}`],
    ],
    [
      'full',
      (state: string) => [
        'mkdir /run/kept',
        `cp -a ${state}/. /run/kept`,
        `mount -t tmpfs -o size=1m,mode=700 tmpfs ${state}`,
        `cp -a /run/kept/. ${state}`,
      ],
      (state: string) => [`umount ${state}`, 'rm -r /run/kept'],
    ],
  ] as const) {
    test(`brings up what was committed where its own disk is ${title}, and says what it could not write`, async () => {
      const { stateDirectory } = host.parts;
      const all = async (commands: readonly string[]) => {
        for (const command of commands) {
          const [program = '', ...words] = command.split(' ');
          await run(program, words);
        }
      };
      await host.keep(nothing, { commit: false });
      rmSync(`${stateDirectory}/starts.json`, { force: true });
      await all(refuse(stateDirectory));
      try {
        if (title === 'full') fill(`${stateDirectory}/filler`);
        const said = await restore();
        const code = title === 'full' ? /ENOSPC/ : /EROFS/;
        const unwritten = said.filter(({ msg }) => msg === 'not written');
        assert.ok(
          unwritten.length > 0 && unwritten.every(({ reason }) => code.test(reason ?? '')),
          JSON.stringify(said),
        );
        assert.equal(new Set(unwritten.map(({ what }) => what)).size, unwritten.length, 'each is said once');
        assert.deepEqual(said.at(-2)?.lacking, null, JSON.stringify(said));
        assert.ok((await addresses())?.some(({ address }) => address === '198.51.100.5'));
      } finally {
        await all(mend(stateDirectory));
      }
    });
  }

  test('does it once in a boot', async () => {
    await restore();
    await host.keep(nothing, { commit: false });
    assert.deepEqual(await restore(), []);
    assert.equal(await addresses(), undefined);
  });
});

/** Writes until nothing more can be written beside it. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch (error) {
    assert.match(String(error), /ENOSPC/);
  } finally {
    closeSync(file);
  }
}
