/**
 * Name servers in every arrangement that a host may have, with the real programs where they belong to one. Runs on a lab host, as
 * root; systemd-resolved and openresolv come from where `script/setup --managers` unpacks them.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { HostForTests } from '../dhcp/host-for-tests.ts';
import { dhcp4, nothing, one, onSegment, type Part } from '../dhcp/scene-for-tests.ts';
import { ip, network } from '../execute/real-kernel-for-tests.ts';
import { outputOf, run } from '../execute/spawn.ts';
import type { Confirm } from '../transaction/parts.ts';

const programs = process.env['PATCHBAY_MANAGERS'] ?? '';
const has = (path: string): boolean => programs !== '' && existsSync(join(programs, path));

/** A network with the default route, and these name servers. */
const served = (nameservers: string[] | null, part: Part = {}): HostConfig =>
  one({ ipv4: ip('10.9.0.5', '10.9.0.1'), defaultRoute: true, nameservers, ...part });

onSegment('name servers on a real kernel', ['dyn0', 'dyn1'], (scene) => {
  const text = () => readFileSync(scene.host.parts.resolvConf, 'utf8');
  const servers = async () => (await scene.host.kernel.observe()).nameservers;

  /** Has the host resolve by the file of the machine itself, as long as the test lasts. */
  const forReal = async (work: () => Promise<void>, confirm?: Confirm) => {
    const own = scene.host.parts.resolvConf;
    scene.host.stop();
    scene.host = await HostForTests.start(scene.host, confirm, '/etc/resolv.conf');
    try {
      await work();
    } finally {
      // What is undone after the test is not the machine's.
      await scene.host.apply(nothing);
      scene.host.stop();
      scene.host = await HostForTests.start(scene.host, undefined, own);
    }
  };

  test('HT-169 three name servers, in order', async () => {
    await scene.host.apply(served(['192.0.2.3', '2001:db8::1', '192.0.2.2']));
    assert.equal(text(), 'search example.org\nnameserver 192.0.2.3\nnameserver 2001:db8::1\nnameserver 192.0.2.2\n');
  });

  test('HT-170 no name servers given keeps those that are there', async () => {
    const before = text();
    await scene.host.apply(served(null));
    assert.deepEqual([text(), await servers()], [before, ['192.0.2.53']]);
  });

  test('HT-173 other name servers, and explicitly none', async () => {
    await scene.host.apply(served(['192.0.2.1']));
    await scene.host.apply(served(['192.0.2.2', 'fe80::1%red']));
    assert.deepEqual(await servers(), ['192.0.2.2', 'fe80::1%red']);
    await scene.host.apply(served([]));
    assert.equal(text(), 'search example.org\n');
  });

  test('HT-174 the default route moves to a network with name servers of its own, and then goes', async () => {
    const two = (holder: 'red' | 'blue' | null): HostConfig => {
      const [red, blue] = (['red', 'blue'] as const).map((name, at) => {
        const role = holder === name;
        const end = at + 1;
        return network({
          ...{ base: `dyn${at}`, vlan: 10 + at, ipv4: ip(`10.9.1${at}.5`, `10.9.1${at}.1`) },
          ...{ defaultRoute: role, nameservers: role ? [`192.0.2.${end}`] : null },
        });
      });
      return { bonds: {}, networks: { red, blue } as HostConfig['networks'] };
    };
    const before = text();
    for (const [holder, expected] of [
      ['red', '192.0.2.1'],
      ['blue', '192.0.2.2'],
    ] as const) {
      await scene.host.apply(two(holder));
      assert.deepEqual(await servers(), [expected]);
    }
    await scene.host.apply(two(null));
    assert.equal(text(), before, 'what there was before is there again');
    await scene.host.apply(served(['192.0.2.3']));
    await scene.host.apply(nothing);
    assert.equal(text(), before);
  });

  test('HT-176 a change that is taken back leaves content, mode and owner as they were', async () => {
    scene.host.stop();
    scene.host = await HostForTests.start(scene.host, async () => false);
    const { resolvConf: path } = scene.host.parts;
    const content = '# by hand\nnameserver 192.0.2.1\nsearch example.org\nnameserver 192.0.2.2\noptions edns0\n';
    writeFileSync(path, content);
    chmodSync(path, 0o604);
    chownSync(path, 7, 8);
    assert.equal((await scene.host.change(served(['192.0.2.9']), true)).outcome, 'reverted');
    const { mode, uid, gid } = statSync(path);
    assert.deepEqual([text(), mode & 0o777, uid, gid], [content, 0o604, 7, 8]);
  });

  test('HT-176 a change that is taken back leaves a link as it was', async () => {
    scene.host.stop();
    scene.host = await HostForTests.start(scene.host, async () => false);
    const { resolvConf: path, stateDirectory } = scene.host.parts;
    const theirs = join(stateDirectory, 'theirs');
    writeFileSync(theirs, 'nameserver 192.0.2.1\n');
    rmSync(path);
    symlinkSync('theirs', path);
    assert.equal((await scene.host.change(served(['192.0.2.9']), true)).outcome, 'reverted');
    assert.deepEqual([readlinkSync(path), readFileSync(theirs, 'utf8')], ['theirs', 'nameserver 192.0.2.1\n']);
  });

  test('a file that is mounted there is written in its place, and taken back', async () => {
    const { resolvConf: path, stateDirectory } = scene.host.parts;
    const mounted = join(stateDirectory, 'mounted');
    writeFileSync(mounted, 'nameserver 192.0.2.1\n');
    assert.equal((await run('mount', ['--bind', mounted, path], 10_000)).status, 0);
    try {
      await scene.host.apply(served(['192.0.2.9', '192.0.2.10']));
      assert.equal(readFileSync(mounted, 'utf8'), 'nameserver 192.0.2.9\nnameserver 192.0.2.10\n');
      await scene.host.apply(nothing);
      assert.equal(readFileSync(mounted, 'utf8'), 'nameserver 192.0.2.1\n');
    } finally {
      await run('umount', [path], 10_000);
    }
  });

  describe('systemd-resolved', { skip: has('opt/systemd-resolved') ? false : 'is not unpacked' }, () => {
    const stub = '/run/systemd/resolve/stub-resolv.conf';
    let saved: string;
    let resolved: ChildProcess | null = null;

    const begin = async () => {
      resolved = spawn('/usr/lib/systemd/systemd-resolved', [], {
        stdio: 'ignore',
        env: { PATH: '/usr/sbin:/usr/bin' },
      });
      await until(async () => (await told('dns')) !== '');
    };
    const end = async () => {
      const gone = resolved === null ? null : once(resolved, 'exit');
      resolved?.kill('SIGTERM');
      await gone;
      resolved = null;
    };
    const told = (...args: string[]) => outputOf('resolvectl', args, 10_000);

    before(async () => {
      saved = readFileSync('/etc/resolv.conf', 'utf8');
      await putPrograms();
      writeFileSync(
        '/etc/passwd',
        `${readFileSync('/etc/passwd', 'utf8')}systemd-resolve:x:9953:9953::/:/usr/sbin/nologin\n`,
      );
      writeFileSync('/etc/group', `${readFileSync('/etc/group', 'utf8')}systemd-resolve:x:9953:\n`);
      for (const folder of ['/run/dbus', '/run/systemd/resolve']) mkdirSync(folder, { recursive: true });
      chownSync('/run/systemd/resolve', 9953, 9953);
      assert.equal((await run('dbus-daemon', ['--system', '--fork', '--nopidfile'], 10_000)).status, 0);
      await begin();
      rmSync('/etc/resolv.conf');
      symlinkSync('../run/systemd/resolve/stub-resolv.conf', '/etc/resolv.conf');
    });
    after(async () => {
      await end();
      rmSync('/etc/resolv.conf', { force: true });
      writeFileSync('/etc/resolv.conf', saved);
    });

    test('HT-175 it is told by device, and neither link nor stub are touched', () =>
      forReal(async () => {
        const { host } = scene;
        const before = readFileSync(stub, 'utf8');
        await host.apply(served(['192.0.2.1', '2001:db8::1']));
        assert.match(await told('dns', 'red'), /: 192\.0\.2\.1 2001:db8::1$/m);
        assert.match(await told('default-route', 'red'), /: yes$/m);
        assert.ok((await servers()).includes('192.0.2.1'));
        // The network goes to another device, and says no servers: those from before go along.
        await host.apply(served(null, { bridged: false }));
        assert.match(await told('dns', 'dyn0'), /: 192\.0\.2\.1 2001:db8::1$/m);
        // Started anew, it has forgotten.
        await end();
        rmSync('/run/systemd/resolve/netif', { recursive: true, force: true });
        await begin();
        await until(async () => /192\.0\.2\.1/.test(await told('dns', 'dyn0')));
        await host.apply(served([], { bridged: false }));
        assert.match(await told('dns', 'dyn0'), /:\s*$/m);
        assert.deepEqual([readFileSync(stub, 'utf8'), lstatSync('/etc/resolv.conf').isSymbolicLink()], [before, true]);
      }));

    test('HT-175 it is told what a lease brings, and hears when that is over', () =>
      forReal(async () => {
        await scene.segment.serve({ v4: { servers: ['192.0.2.77'] } });
        await scene.host.apply(one({ ...dhcp4, defaultRoute: true }));
        await scene.host.bound('red', 4);
        assert.match(await told('dns', 'red'), /: 192\.0\.2\.77$/m);
        await scene.host.apply(one({ ...dhcp4 }));
        assert.match(await told('dns', 'red'), /:\s*$/m);
      }));

    test('HT-176 a change that is taken back leaves what it was told before', () =>
      forReal(
        async () => {
          await run('resolvectl', ['dns', 'dyn0', '192.0.2.5'], 10_000);
          assert.equal((await scene.host.change(served(['192.0.2.9'], { bridged: false }), true)).outcome, 'reverted');
          assert.match(await told('dns', 'dyn0'), /: 192\.0\.2\.5$/m);
          await run('resolvectl', ['revert', 'dyn0'], 10_000);
        },
        async () => false,
      ));
  });

  test('openresolv gathers what it is told by device', {
    skip: has('opt/openresolv') ? false : 'is not unpacked',
  }, async () => {
    for (const [from, to] of [
      ['sbin/resolvconf', '/usr/sbin/'],
      ['lib/resolvconf', '/usr/lib/'],
      ['etc/resolvconf.conf', '/etc/'],
    ]) {
      const copied = await run(
        'cp',
        ['-a', '--remove-destination', join(programs, 'opt/openresolv', from ?? ''), to ?? ''],
        10_000,
      );
      assert.equal(copied.status, 0, copied.stderr);
    }
    const saved = readFileSync('/etc/resolv.conf', 'utf8');
    try {
      // As a host has it that another program has told of servers.
      await tellOpenresolv('eth9.dhclient', 'nameserver 192.0.2.200\n');
      assert.match(readFileSync('/etc/resolv.conf', 'utf8'), /Generated by resolvconf/);
      await forReal(async () => {
        await scene.host.apply(served(['192.0.2.1', '192.0.2.2']));
        assert.deepEqual(new Set(await servers()), new Set(['192.0.2.1', '192.0.2.2', '192.0.2.200']));
        await scene.host.apply(served(['192.0.2.3'], { bridged: false }));
        assert.deepEqual(new Set(await servers()), new Set(['192.0.2.3', '192.0.2.200']));
        await scene.host.apply(nothing);
        assert.deepEqual(await servers(), ['192.0.2.200']);
      });
    } finally {
      writeFileSync('/etc/resolv.conf', saved);
      rmSync('/usr/sbin/resolvconf', { force: true });
    }
  });
});

/** Copies the programs onto this host, which is nobody else's. */
async function putPrograms(): Promise<void> {
  const aside = join(programs, 'opt/systemd-resolved');
  const parts: [string, string][] = [
    [programs, '/'],
    ...readdirSync(aside).map((name): [string, string] => [join(aside, name), `/${name}/`]),
  ];
  for (const [from, to] of parts) {
    const { status, stderr } = await run('cp', ['-a', `${from}/.`, to], 60_000);
    assert.equal(status, 0, stderr);
  }
}

async function tellOpenresolv(name: string, text: string): Promise<void> {
  const child = spawn('resolvconf', ['-a', name], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(text);
  const [status] = await once(child, 'exit');
  assert.equal(status, 0);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, 'not in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
