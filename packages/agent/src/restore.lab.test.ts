/** `agent.mjs restore`, the first thing of a boot, as the program that it is. Runs on a lab host, as root. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
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
  const restore = async (): Promise<{ msg: string; lacking?: string | null }[]> => {
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

  test('does it once in a boot', async () => {
    await host.keep(nothing, { commit: false });
    assert.deepEqual(await restore(), []);
    assert.equal(await addresses(), undefined);
  });
});
