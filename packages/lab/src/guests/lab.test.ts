/** The lab shown on a real kernel: hosts, cables, VLANs, LACP, DHCP, tunnels, agents, and that nothing is left. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Lab } from './lab.ts';
import { startLab } from './start.ts';

const possible = process.platform === 'linux' && process.getuid?.() === 0;

describe('lab', { skip: possible ? false : 'needs root on Linux', timeout: 180_000 }, () => {
  let lab: Lab;
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));

  before(async () => {
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const address = echo.address();
    const hostPort = typeof address === 'object' && address !== null ? address.port : 0;
    lab = await startLab({ hosts: 2, tunnels: [{ guestPort: 7777, hostPort }] });
  });
  after(async () => {
    await lab.stop();
    echo.close();
    assert.equal(existsSync(lab.folder), false);
    assert.equal(spawnSync('pgrep', ['-f', lab.folder]).status, 1, 'a process of the lab is left');
  });

  const ok = async (host: string, command: string): Promise<string> => {
    const { status, stdout, stderr } = await lab.exec(host, ['sh', '-c', command], { timeout: 60_000 });
    assert.equal(status, 0, `${command}: ${stdout}${stderr}`);
    return stdout;
  };

  test('hosts have nics and reach each other over the management network', async () => {
    assert.deepEqual(lab.hosts, ['host1', 'host2']);
    assert.equal((await ok('host1', 'ls /sys/class/net')).split(/\s+/).filter((n) => /^eth\d$/.test(n)).length, 6);
    await ok('host1', 'ping -c1 -W5 192.168.100.12');
    assert.equal((await lab.exec('host1', ['sh', '-c', 'exit 7'])).status, 7);
    await assert.rejects(lab.exec('host9', ['true']), /host9/);
  });

  test('a VLAN through a bond passes the switch, also after a cable is cut', async () => {
    for (const [host, last] of [['host1', 1] as const, ['host2', 2] as const]) {
      const lines = [
        'link add bond7 type bond mode active-backup miimon 50',
        ...['eth1', 'eth2'].flatMap((nic) => [`link set ${nic} down`, `link set ${nic} master bond7`]),
        'link set bond7 up',
        'link add link bond7 name bond7.100 type vlan id 100',
        'link set bond7.100 up',
        `addr add 198.51.100.${last}/24 dev bond7.100`,
      ];
      const { status, stderr } = await lab.exec(host, ['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
      assert.equal(status, 0, stderr);
    }
    await ok('host1', 'ping -c3 -i0.2 -W5 198.51.100.2');
    await lab.cable('host1', 'eth1', 'cut');
    await ok('host1', 'for i in 1 2 3 4 5 6 7 8; do ping -c1 -W1 198.51.100.2 && exit 0; done; exit 1');
    assert.equal((await ok('host1', 'cat /sys/class/net/eth1/carrier')).trim(), '0');
    await lab.cable('host1', 'eth1', 'mend');
    await ok('host1', 'ip link del bond7');
    await ok('host2', 'ip link del bond7');
  });

  test('the switch forms LACP with a host', async () => {
    await lab.lag('host1', ['eth3', 'eth4']);
    await ok(
      'host1',
      'ip link add bond8 type bond mode 802.3ad miimon 50 lacp_rate fast && for n in eth3 eth4; do ip link set $n down; ip link set $n master bond8; done; ip link set bond8 up',
    );
    const partner =
      'for i in $(seq 50); do m=$(cat /sys/class/net/bond8/bonding/ad_partner_mac); [ "$m" != 00:00:00:00:00:00 ] && echo $m && exit 0; sleep 0.2; done; exit 1';
    assert.match(await ok('host1', partner), /^02:/);
    await ok('host1', 'ip link del bond8');
    await lab.lag('host1', []);
  });

  test('a client gets a lease on a VLAN', async () => {
    const got = await ok(
      'host1',
      'ip link set eth5 up; ip link add link eth5 name eth5.10 type vlan id 10; ip link set eth5.10 up; busybox udhcpc -i eth5.10 -n -q -s /bin/true -t 10 2>&1; ip link del eth5.10',
    );
    assert.match(got, /lease of 10\.0\.10\.\d+ obtained/);
  });

  test('a tunnel carries a megabyte both ways, whole, and half-closes', async () => {
    const sent = randomBytes(512 * 1024).toString('hex');
    const script = `const s = require('net').connect(7777, '192.168.100.1');
      const chunks = []; s.on('data', (c) => chunks.push(c)); s.on('end', () => process.stdout.write(Buffer.concat(chunks)));
      process.stdin.pipe(s);`;
    const { stdout, stderr } = await lab.exec('host2', [process.execPath, '-e', script], {
      input: sent,
      timeout: 60_000,
    });
    assert.equal(stderr, '');
    assert.equal(stdout.length, sent.length);
    assert.equal(stdout, sent);
  });

  test('an agent is started again when it dies, and survives a reboot', async () => {
    await lab.startAgent('host2', [process.execPath, '-e', 'setInterval(() => {}, 1000)']);
    const pid = async (not: number | null): Promise<number> => {
      for (;;) {
        const found = await lab.agentPid('host2');
        if (found !== null && found !== not) return found;
      }
    };
    const first = await pid(null);
    await lab.killAgent('host2');
    assert.notEqual(await pid(first), first);
    await lab.writeFile('host2', '/var/lib/patchbay/kept', 'x');
    await ok('host2', 'ip link add br9 type bridge');
    await lab.reboot('host2');
    assert.equal(await lab.readFile('host2', '/var/lib/patchbay/kept'), 'x');
    assert.equal((await lab.exec('host2', ['ip', 'link', 'show', 'br9'])).status, 1);
    await pid(null);
    await lab.reset('host2');
    await assert.rejects(lab.readFile('host2', '/var/lib/patchbay/kept'));
    assert.equal(await lab.agentPid('host2'), null);
    await ok('host2', 'ping -c1 -W5 192.168.100.11');
  });
});
