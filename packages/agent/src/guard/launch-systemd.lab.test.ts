/**
 * The units of systemd at work: a systemd of its own, in process and mount namespaces, on the network of a lab host. Runs there as
 * root, and uses eth1 to eth5.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { release } from 'node:os';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { bond, essence, ip, kernel, network } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { planRestore } from '../plan/plan-for.ts';
import { programs } from '../transaction/real-host-for-tests.ts';
import type { Said, Script } from '../transaction/scripted/script.ts';

const state = '/var/lib/patchbay';
const installed = '/usr/lib/patchbay';
const systemd = '/usr/lib/systemd/systemd';
const reason = programs === null ? 'runs on a lab host' : existsSync(systemd) ? false : 'needs systemd';

/** First process: what a boot mounts, then systemd with nothing to do. */
const init = `set -e
mount -t proc proc /proc
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
printf '[Unit]\\nDefaultDependencies=no\\n' >/run/systemd/system/lab.target
export container=lab
exec ${systemd} --unit=lab.target --log-target=console --log-level=warning
`;

const config: HostConfig = {
  bonds: { bond0: bond(['eth1', 'eth2']) },
  networks: { blue: network({ base: 'bond0', vlan: 7, ipv4: ip('198.51.100.7', '198.51.100.1') }) },
};

describe('guards and boots under systemd', { skip: reason, timeout: 600_000 }, () => {
  let manager: ChildProcess;
  let pid = 0;
  let start: KernelState;
  let count = 0;
  let runs = 0;
  /** The agent that was started last. */
  let running = '';

  /** Runs a program where systemd is at home. */
  const run = (...argv: [string, ...string[]]) =>
    spawnSync('nsenter', ['-t', `${pid}`, '-m', '-p', '-C', '--', ...argv], { encoding: 'utf8', timeout: 60_000 });
  const say = (...argv: [string, ...string[]]): string => {
    const { status, stdout, stderr } = run(...argv);
    assert.equal(status, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
    return stdout.trim();
  };
  const property = (unit: string, name: string): string => say('systemctl', 'show', '--value', '-p', name, unit);
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    for (const end = performance.now() + 60_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 50))) {
      assert.ok(performance.now() < end, `not within a minute: ${what}`);
    }
  };
  const mark = (transaction: string): string => {
    const path = `${state}/txn/${transaction}/records`;
    const marks = existsSync(path) ? readFileSync(path, 'utf8').matchAll(/"mark":"(\w+)"/g) : [];
    return [...marks].at(-1)?.[1] ?? '';
  };
  /** Name of the guard that has the transaction. */
  const guardOf = (transaction: string): string => {
    const names = readdirSync(`${state}/guards`);
    const isIts = (name: string): boolean => existsSync(`${state}/guards/${name}/transaction/records`);
    const name = names.find(isIts);
    assert.ok(name !== undefined, `${transaction} has no guard`);
    return name;
  };
  const scriptOf = (part: Partial<Script>): Script => {
    count += 1;
    const common = { confirmTimeout: 60_000, checkConnectivity: true, commit: true, stepwise: false } as const;
    return { transaction: `t${count}`, config, engine: 'waits', guards: 'systemd', ...common, ...part };
  };
  /** An agent as a unit of its own, as the real one is. @returns what it said at its end. @throws when it was killed */
  const agent = async (script: Script): Promise<Said> => {
    writeFileSync('/root/script.json', JSON.stringify(script));
    runs += 1;
    const unit = `agent-${script.transaction}-${runs}.service`;
    const file = `/root/said-${runs}`;
    const properties = ['KillMode=process', `StandardOutput=truncate:${file}`, 'StandardError=null'].map(
      (text) => `--property=${text}`,
    );
    const program = [
      `${installed}/node`,
      `${installed}/agent.program.mjs`,
      '--state',
      state,
      '--guard',
      `${installed}/guard.mjs`,
    ];
    say('systemd-run', '--quiet', `--unit=${unit}`, ...properties, ...program, '--script', '/root/script.json');
    running = unit;
    await until('the agent has ended', () => ['inactive', 'failed'].includes(property(unit, 'ActiveState')));
    const said = readFileSync(file, 'utf8');
    if (said === '') throw new Error('The agent was killed.');
    return JSON.parse(said) as Said;
  };
  const isOld = async (): Promise<void> => assert.deepEqual(essence(await kernel.observe()), essence(start));

  before(async () => {
    mkdirSync(installed, { recursive: true });
    for (const name of ['agent.mjs', 'dialler.mjs', 'dhcp6.mjs', 'guard.mjs', 'agent.program.mjs'])
      copyFileSync(`${programs}/${name}`, `${installed}/${name}`);
    symlinkSync(process.execPath, `${installed}/node`);
    const units = `${programs}/systemd`;
    mkdirSync('/etc/systemd/system', { recursive: true });
    for (const name of readdirSync(units)) copyFileSync(`${units}/${name}`, `/etc/systemd/system/${name}`);
    writeFileSync('/root/init.sh', init);
    manager = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', '--cgroup', 'sh', '/root/init.sh'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await until('systemd is there', () => {
      pid = Number(spawnSync('pgrep', ['-P', `${manager.pid}`, '-x', 'systemd'], { encoding: 'utf8' }).stdout);
      return pid > 0 && run('systemctl', 'is-system-running').stdout.trim() === 'running';
    });
    start = await kernel.observe();
  });
  beforeEach(() => rmSync(`${state}/confirm`, { force: true }));
  after(async () => {
    manager?.kill('SIGKILL');
    if (start !== undefined) await kernel.execute(planRestore(await kernel.observe(), start).ops);
  });

  test('a guard is a unit in a cgroup of its own, started from a folder of its own, with a timer behind it', async () => {
    const script = scriptOf({});
    const { transaction } = script;
    const said = agent(script);
    await until('the change waits', () => mark(transaction) === 'AWAITING');
    const name = guardOf(transaction);
    const guard = property(`patchbay-guard@${name}`, 'MainPID');
    assert.equal(say('readlink', `/proc/${guard}/cwd`), `${state}/txn/${transaction}`);
    assert.match(say('cat', `/proc/${guard}/cmdline`), /guard\.mjs/);
    assert.match(say('cat', `/proc/${guard}/cgroup`), new RegExp(`patchbay-guard@${name}\\.service`));
    assert.notEqual(say('cat', `/proc/${property(running, 'MainPID')}/cgroup`), say('cat', `/proc/${guard}/cgroup`));
    assert.equal(property(`patchbay-late-${name}.timer`, 'ActiveState'), 'active');
    writeFileSync(`${state}/confirm`, '');
    assert.equal((await said).ended?.outcome, 'committed');
    await until('the guard has gone', () => property(`patchbay-guard@${name}`, 'ActiveState') === 'inactive');
    await until('the timer has gone', () => property(`patchbay-late-${name}.timer`, 'ActiveState') === 'inactive');
    const back = scriptOf({ config: { bonds: {}, networks: {} }, engine: 'confirms' });
    assert.equal((await agent(back)).ended?.outcome, 'committed');
    await isOld();
  });

  test('agent and guard killed in the middle of a change: systemd starts the guard again, which takes it back', async () => {
    const script = scriptOf({ stepwise: true });
    writeFileSync(`${state}/kill-at`, '12 both');
    await assert.rejects(agent(script));
    await until('the guard has taken it back', () => mark(script.transaction) === 'REVERTED');
    await isOld();
    assert.equal((await agent(script)).ended?.outcome, 'reverted');
  });

  test('a guard has the watchdog that is asked for', async (t) => {
    const softdog = `/usr/lib/uml/modules/${release()}/kernel/drivers/watchdog/softdog.ko`;
    if (!existsSync(softdog)) return t.skip('needs a kernel of its own');
    say('insmod', softdog, 'soft_noboot=1', 'nowayout=0');
    const watchdog = `/dev/${readdirSync('/sys/class/watchdog')[0]}`;
    const script = scriptOf({ watchdog });
    const said = agent(script);
    await until('the change waits', () => mark(script.transaction) === 'AWAITING');
    const guard = property(`patchbay-guard@${guardOf(script.transaction)}`, 'MainPID');
    assert.match(say('sh', '-c', `readlink /proc/${guard}/fd/*`), /^\/dev\/watchdog\d$/m);
    writeFileSync(`${state}/confirm`, '');
    assert.equal((await said).ended?.outcome, 'committed');
    const back = scriptOf({ config: { bonds: {}, networks: {} }, engine: 'confirms', watchdog });
    assert.equal((await agent(back)).ended?.outcome, 'committed');
    await isOld();
    await until('the watchdog is called off', () => run('rmmod', 'softdog').status === 0);
  });

  test('a guard that nobody starts again is started by the second trigger, at the latest', async () => {
    const script = scriptOf({ confirmTimeout: 1000 });
    const { transaction } = script;
    const extra = '/etc/systemd/system/patchbay-guard@.service.d';
    mkdirSync(extra, { recursive: true });
    writeFileSync(`${extra}/once.conf`, '[Service]\nRestart=no\n');
    say('systemctl', 'daemon-reload');
    writeFileSync(`${state}/kill-at`, '4 both');
    await assert.rejects(agent(script));
    const name = guardOf(transaction);
    await until('no guard lives', () => property(`patchbay-guard@${name}`, 'ActiveState') !== 'active');
    assert.notEqual(mark(transaction), 'REVERTED');
    const timer = `patchbay-late-${name}.timer`;
    assert.equal(property(timer, 'ActiveState'), 'active');
    // What the timer starts when its time has come.
    say('systemctl', 'start', property(timer, 'Unit'));
    await until('it was taken back', () => mark(transaction) === 'REVERTED');
    await isOld();
    assert.equal((await agent(script)).ended?.outcome, 'reverted');
    say('systemctl', 'stop', timer);
    rmSync(extra, { recursive: true });
    say('systemctl', 'daemon-reload');
  });

  test('the boot unit brings up what was committed, once in a boot', async () => {
    assert.equal((await agent(scriptOf({ engine: 'confirms' }))).ended?.outcome, 'committed');
    const made = await kernel.observe();
    // As a boot finds it.
    rmSync(`${state}/starts.json`);
    rmSync(`${state}/offers.json`, { force: true });
    await kernel.execute(planRestore(made, start).ops);
    await isOld();
    say('systemctl', 'start', 'patchbay-restore.service');
    assert.equal(property('patchbay-restore.service', 'Result'), 'success');
    assert.ok(existsSync(`${state}/offers.json`), 'its kernel was asked, in the sandbox as well');
    assert.deepEqual(essence(await kernel.observe()), essence(made));
    await kernel.execute(planRestore(await kernel.observe(), start).ops);
    say('systemctl', 'restart', 'patchbay-restore.service');
    await isOld();
  });

  test('the boot unit begins when firewalls are there, and other managers when it has ended', async () => {
    const units = {
      firewall: 'DefaultDependencies=no\nWants=network-pre.target\nBefore=network-pre.target',
      NetworkManager: 'DefaultDependencies=no\nAfter=network-pre.target',
    };
    for (const [name, order] of Object.entries(units)) {
      const service = 'Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true';
      writeFileSync(`/etc/systemd/system/${name}.service`, `[Unit]\n${order}\n[Service]\n${service}\n`);
    }
    const wants = 'NetworkManager.service patchbay-restore.service firewall.service';
    writeFileSync(
      '/etc/systemd/system/boot.target',
      `[Unit]\nDefaultDependencies=no\nWants=${wants}\nAfter=${wants}\n`,
    );
    say('systemctl', 'stop', 'patchbay-restore.service');
    say('systemctl', 'daemon-reload');
    rmSync(`${state}/starts.json`);
    say('systemctl', 'start', 'boot.target');
    const [firewall, restore, manager] = ['firewall', 'patchbay-restore', 'NetworkManager'].map((name) => ({
      begun: Number(property(`${name}.service`, 'ExecMainStartTimestampMonotonic')),
      ended: Number(property(`${name}.service`, 'ExecMainExitTimestampMonotonic')),
    }));
    assert.ok(firewall && restore && manager);
    assert.ok(0 < firewall.ended && firewall.ended <= restore.begun, JSON.stringify({ firewall, restore }));
    assert.ok(restore.ended <= manager.begun, JSON.stringify({ restore, manager }));
    assert.equal(property('patchbay-restore.service', 'Result'), 'success');
    await kernel.execute(planRestore(await kernel.observe(), start).ops);
    rmSync(`${state}/committed`, { recursive: true });
  });

  test('an agent in its unit may rehearse a change in a namespace, and no more than it has to', () => {
    const unit = readFileSync('/etc/systemd/system/patchbay-agent.service', 'utf8');
    const result = (name: string, command: string): string => {
      const once = unit.replace(/^Restart=.*$/m, '').replace('Type=exec', 'Type=oneshot');
      writeFileSync(
        `/etc/systemd/system/${name}.service`,
        once.replace(/^ExecStart=.*$/m, `ExecStart=/bin/sh -c '${command}'`),
      );
      say('systemctl', 'daemon-reload');
      run('systemctl', 'start', name);
      return property(name, 'Result');
    };
    const rehearsal = 'unshare --net -- sh -c "ip link add br9 type bridge && ip link set br9 up"';
    assert.equal(result('may-rehearse', rehearsal), 'success');
    assert.equal(result('may-resolve', 'touch /etc/.resolv.conf.patchbay && rm /etc/.resolv.conf.patchbay'), 'success');
    assert.notEqual(result('may-not-write', 'touch /usr/lib/patchbay/here'), 'success');
    assert.notEqual(result('may-not-look', 'ls /root/init.sh'), 'success');
  });

  test('an agent that is killed is started again', async () => {
    mkdirSync('/etc/patchbay', { recursive: true });
    // It tries to join until an engine answers.
    const flags = '--enrol https://192.0.2.1:8080/patchbay/enrol --token none --name lab';
    writeFileSync('/etc/patchbay/agent.env', `PATCHBAY_FLAGS=${flags}\n`);
    say('systemctl', 'start', 'patchbay-agent.service');
    const first = property('patchbay-agent.service', 'MainPID');
    const dialler = () => run('pgrep', '-u', 'nobody', '-f', 'dialler.mjs').status === 0;
    await until('a process without privileges speaks with the network', dialler);
    say('kill', '-9', first);
    await until('another one runs', () => {
      const next = property('patchbay-agent.service', 'MainPID');
      return next !== first && next !== '0' && property('patchbay-agent.service', 'ActiveState') === 'active';
    });
    say('systemctl', 'stop', 'patchbay-agent.service');
    assert.equal(property('patchbay-agent.service', 'Result'), 'success');
  });

  test('an agent that no start can help is not started over and over', async () => {
    const unit = 'patchbay-agent.service';
    const log = '/run/patchbay-agent.log';
    mkdirSync(`/etc/systemd/system/${unit}.d`);
    writeFileSync(`/etc/systemd/system/${unit}.d/log.conf`, `[Service]\nStandardOutput=append:${log}\n`);
    say('systemctl', 'daemon-reload');
    const startWith = (flags: string) => {
      writeFileSync('/etc/patchbay/agent.env', `PATCHBAY_FLAGS=${flags}\n`);
      say('systemctl', 'restart', unit);
    };
    startWith('--no-such-flag');
    await until('it was given up', () => property(unit, 'ActiveState') === 'failed');
    assert.equal(property(unit, 'ExecMainStatus'), '2');
    assert.equal(property(unit, 'NRestarts'), '0');
    for (const [flags, reason] of [
      ['--enrol https://192.0.2.1:8080/patchbay/enrol --token none', /The join token does not end/],
      ['--watchdog /dev/no-such-watchdog', /There is no watchdog \/dev\/no-such-watchdog on this host/],
      ['', /has not joined an engine yet/],
    ] as const) {
      startWith(flags);
      await until(`it has said why: ${reason}`, () => reason.test(say('cat', log)));
      say('systemctl', 'stop', unit);
      assert.equal(property(unit, 'ExecMainCode'), '2', 'it waited, and was killed by the stop');
      assert.equal(property(unit, 'NRestarts'), '0');
    }
    rmSync(`/etc/systemd/system/${unit}.d`, { recursive: true });
  });
});
