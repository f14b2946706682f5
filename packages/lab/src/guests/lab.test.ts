/** The lab shown on a real kernel: hosts, cables, VLANs, LACP, DHCP, tunnels, agents, and that nothing is left. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { beside } from './bundle.ts';
import { serveControl } from './control.ts';
import type { Lab } from './lab.ts';
import { startLab } from './start.ts';

const possible = process.platform === 'linux' && process.getuid?.() === 0;

describe('lab', { skip: possible ? false : 'needs root on Linux', timeout: 180_000 }, () => {
  let lab: Lab;
  const log = new EventEmitter();
  const onLog = (host: string, line: string): void => void log.emit(host, line);
  /** The next line of a host's log that looks so. */
  const heard = (host: string, pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve) => {
      const listen = (line: string): void => {
        const match = pattern.exec(line);
        if (match === null) return;
        log.off(host, listen);
        resolve(match);
      };
      log.on(host, listen);
    });
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));

  before(async () => {
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const address = echo.address();
    const hostPort = typeof address === 'object' && address !== null ? address.port : 0;
    lab = await startLab({ hosts: 2, tunnels: [{ guestPort: 7777, hostPort }], onLog });
  });
  after(async () => {
    await lab.stop();
    echo.close();
    assert.equal(existsSync(lab.folder), false);
    assert.deepEqual(processesNaming(lab.folder), []);
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

  test('an agent is started again when it dies, and what it started detached lives on', async () => {
    const agent = `
      const { spawn } = require('node:child_process');
      const guard = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
      console.log('agent', process.pid, 'guard', guard.pid);
      setInterval(() => {}, 1000);`;
    const first = heard('host2', /^agent (\d+) guard (\d+)$/);
    await lab.startAgent('host2', [process.execPath, '-e', agent]);
    const [, firstPid, guard] = await first;
    assert.equal(await lab.agentPid('host2'), Number(firstPid));
    const second = heard('host2', /^agent (\d+) guard/);
    await lab.killAgent('host2');
    assert.notEqual((await second)[1], firstPid);
    await ok('host2', `kill -0 ${guard}`);
    assert.match(await ok('host2', `! kill -0 ${firstPid}; cat /var/log/patchbay-agent.log`), /guard/);
  });

  test('a reboot keeps the disk and starts the agent, a reset keeps nothing', async () => {
    await lab.writeFile('host2', '/var/lib/patchbay/kept', 'x');
    await ok('host2', 'ip link add br9 type bridge; touch /run/lost; echo >/etc/new; mv /etc/new /etc/resolv.conf');
    const bootId = await ok('host2', 'cat /proc/sys/kernel/random/boot_id');
    const again = heard('host2', /^agent \d+/);
    await lab.reboot('host2');
    await again;
    assert.equal(await lab.readFile('host2', '/var/lib/patchbay/kept'), 'x');
    assert.equal(await lab.readFile('host2', '/etc/resolv.conf'), '\n');
    assert.notEqual(await ok('host2', 'cat /proc/sys/kernel/random/boot_id'), bootId);
    // One sleep belongs to the host's first process, one to the agent that runs now: the old guard is gone.
    assert.equal(await ok('host2', 'ls /sys/class/net /run | grep -xc -e br9 -e lost; pgrep -xc sleep'), '0\n2\n');

    const machineId = await lab.readFile('host2', '/etc/machine-id');
    await lab.reset('host2');
    await assert.rejects(lab.readFile('host2', '/var/lib/patchbay/kept'), /ENOENT/);
    assert.notEqual(await lab.readFile('host2', '/etc/machine-id'), machineId);
    assert.equal(await lab.agentPid('host2'), null);
    await ok('host2', 'ping -c1 -W5 192.168.100.11');
  });

  test('a command takes input, times out, and is killed with its children', async () => {
    const input = randomBytes(20_000).toString('hex');
    assert.equal((await lab.exec('host1', ['cat'], { input })).stdout, input);
    assert.equal((await lab.exec('host1', ['sh', '-c', 'sleep 999; true'], { timeout: 500 })).status, 137);
    assert.equal((await lab.exec('host1', ['pgrep', '-f', 'sleep 999'])).status, 1);
    assert.equal((await lab.exec('host1', ['no-such-program'])).status, 127);
    assert.equal((await lab.exec('switch', ['no-such-program'])).status, 127);
    await assert.rejects(lab.writeFile('host1', '/proc/none', ''), /ENOENT/);
  });

  test('script/lab passes input, output and status through', async () => {
    const data = await mkdtemp(join(tmpdir(), 'patchbay-control-'));
    const served = await serveControl(lab, join(data, 'lab.sock'));
    const scriptLab = async (args: string[], input = ''): Promise<{ status: number; out: string; err: string }> => {
      const child = spawn(beside('../../../../script/lab'), ['--data', data, ...args]);
      child.stdin.end(input);
      const [[status], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
      return { status, out, err };
    };
    const both = await scriptLab(['exec', 'host1', 'sh', '-c', 'hostname; cat; echo bad >&2; exit 3'], 'typed');
    assert.deepEqual(both, { status: 3, out: 'host1\ntyped', err: 'bad\n' });
    assert.deepEqual(await scriptLab(['cable', 'host1', 'eth5', 'cut']), { status: 0, out: '', err: '' });
    assert.match(await ok('host1', 'cat /sys/class/net/eth5/carrier'), /^0/);
    assert.equal((await scriptLab(['cable', 'host1', 'eth5', 'mend'])).status, 0);
    assert.deepEqual(await scriptLab(['lag', 'host7']), {
      status: 1,
      out: '',
      err: "no host 'host7'; there are host1, host2\n",
    });
    await served.close();
    assert.match((await scriptLab(['lag', 'host1'])).err, /No lab runs/);
    await rm(data, { recursive: true });
  });
});

test('nothing is left of a lab whose starter is killed', {
  skip: possible ? false : 'needs root on Linux',
  timeout: 60_000,
}, async () => {
  const program = `import { startLab } from ${JSON.stringify(beside('start.ts'))};
    console.log((await startLab({ hosts: 1 })).folder);`;
  const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [folder] = (await once(starter.stdout.setEncoding('utf8'), 'data')).map((line) => String(line).trim());
  assert.ok(folder !== undefined && existsSync(folder));
  const watcher = watch(join(folder, '..'));
  starter.kill('SIGKILL');
  while (existsSync(folder)) await once(watcher, 'change');
  watcher.close();
  // The last process of a lab is the one that has just removed its folder.
  const left = processesNaming(folder).filter((line) => !line.startsWith('rm\0'));
  assert.deepEqual(left, []);
});

/** Command lines that have the folder's name in them. */
function processesNaming(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(folder));
}
