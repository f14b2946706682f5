/** The agent as its package installs it: on a host without a Node.js of its own choice, taking over what another copy began. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildDeb } from '../../packages/agent/src/package/deb.ts';
import { kernelText } from './kernel-text.ts';
import { type HostView, makeNetwork, type System, startSystem, until, viewHost } from './system.ts';

describe('the package of the agent', { timeout: 400_000 }, () => {
  let system: System;
  let host: HostView;
  before(
    async () => {
      system = await startSystem(1);
      host = await viewHost(system, 'host1');
      await makeNetwork(system, 'packaged', { vlan: 601 });
    },
    { timeout: 180_000 },
  );
  after(() => system?.stop());

  const attach = (nic: string) =>
    host.request('POST', '/setupnetworks', {
      modified_network_attachments: {
        network_attachment: [{ network: { name: 'packaged' }, host_nic: { name: nic } }],
      },
    });
  const connected = () =>
    until('the host is connected', async () => system.engine.engine.hosts.connected(host.id), 60_000);
  const agentIs = async (program: string) =>
    until(
      `the agent runs ${program}`,
      async () => {
        const pid = await system.lab.agentPid('host1');
        return pid !== null && (await host.exec('readlink', `/proc/${pid}/exe`).catch(() => '')).trim() === program;
      },
      60_000,
    );

  test('installs, and the host goes on with it', async (t) => {
    const { lab } = system;
    assert.equal((await attach('eth1')).status, 200);
    // Packing hard takes long and shows nothing here.
    const deb = await buildDeb({
      folder: join(lab.folder, 'package'),
      version: '0.1.0',
      ownRuntime: true,
      compression: 'none',
    });
    await host.exec('dpkg', '--install', '--force-depends', deb);
    await lab.stopAgent('host1');
    await lab.startAgent('host1', ['/usr/bin/patchbay-agent', '--state', '/var/lib/patchbay']);
    await agentIs('/usr/lib/patchbay/node');
    await connected();
    const moved = await attach('eth2');
    assert.equal(moved.status, 200, moved.text);
    assert.ok((await host.links()).has('eth2.601'));
    const users = await host.exec('sh', '-c', 'ps -eo user:20,args | grep [d]ialler.mjs');
    assert.match(users, /^patchbay /m);
    const pid = await lab.agentPid('host1');
    const memory = /^VmRSS:\s+(\d+)/m.exec(await lab.readFile('host1', `/proc/${pid}/status`))?.[1];
    t.diagnostic(
      `unpacked ${(statSync(deb).size / 1e6).toFixed(0)} MB with its Node.js; the agent has ${memory} kB resident`,
    );
  });

  test('leaves the network as it is when it goes, and forgets the host when it is purged', async () => {
    const { lab } = system;
    await lab.stopAgent('host1');
    const before = await kernelText(host);
    await host.exec('dpkg', '--remove', 'patchbay-agent');
    assert.equal(await kernelText(host), before);
    await host.exec('sh', '-c', 'test ! -e /usr/lib/patchbay/agent.mjs && test -e /var/lib/patchbay/identity.json');
    await host.exec('dpkg', '--purge', 'patchbay-agent');
    await host.exec('sh', '-c', 'test ! -e /var/lib/patchbay && test ! -e /etc/patchbay');
  });
});
