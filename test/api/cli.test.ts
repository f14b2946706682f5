/** The `patchbay` command as its users run it: a process, its output, its exit code. Hosts are in memory. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '@patchbay/client';
import { hostAt, makeNetwork, type System, startSystem } from './system.ts';

const command = fileURLToPath(new URL('../../script/patchbay', import.meta.url));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

describe('the patchbay command', { timeout: 300_000 }, () => {
  let folder = '';
  let system: System;
  let session = '';
  let url = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-cli-'));
    session = join(folder, 'configuration/patchbay/session.json');
    system = await startSystem(2);
    url = system.api.url;
    await makeNetwork(system, 'red', { vlan: 101 });
    await makeNetwork(system, 'blue', { vlan: 102 });
  });
  after(async () => {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const begin = (args: readonly string[], more: Record<string, string> = {}): ChildProcess => {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PATCHBAY_'));
    // From another folder: nothing depends on where it is called.
    const env = { ...Object.fromEntries(own), XDG_CONFIG_HOME: join(folder, 'configuration'), ...more };
    return spawn(command, args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
  };
  const patchbay = async (args: string, { input = '', ...more }: Record<string, string> = {}): Promise<Ended> => {
    const child = begin(args.split(' '), more);
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout?.on('data', (chunk: Buffer) => {
      ended.out += chunk;
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      ended.err += chunk;
    });
    child.stdin?.end(input);
    [ended.code] = (await once(child, 'close')) as [number];
    assert.doesNotMatch(ended.err, /^\s+at .*:\d+:\d+/m, 'a stack is shown');
    return ended;
  };
  /** What it printed when all went well. */
  const says = async (args: string, input = ''): Promise<string> => {
    const { code, out, err } = await patchbay(args, { input });
    assert.equal(code, 0, `${args}: ${out}${err}`);
    assert.equal(err, '');
    return out;
  };
  const refused = async (args: string, code: number, sentence: RegExp, more: Record<string, string> = {}) => {
    const ended = await patchbay(args, more);
    assert.equal(ended.code, code, `${args}: ${ended.out}${ended.err}`);
    assert.match(ended.err, sentence);
    return ended;
  };

  test('nobody is signed in: it says how to', async () => {
    await refused('hosts', 4, /^Nobody is signed in: `patchbay login URL`/);
  });

  test('login keeps a token that only its owner can read, and no password', async () => {
    await refused(`login ${url}`, 2, /no terminal to ask for the password: set PATCHBAY_PASSWORD/);
    await refused(`login ${url}`, 4, /no such user, or the password is wrong/, { PATCHBAY_PASSWORD: 'guess' });
    await refused('login engine', 2, /engine is not the address of an engine/);
    await refused('login http://engine.example', 2, /would be sent the password unencrypted/, {
      PATCHBAY_PASSWORD: 'x',
    });
    const file = join(folder, 'password');
    writeFileSync(file, 'secret\n', { mode: 0o644 });
    await refused(`login ${url} --password-file ${file}`, 2, /can be read by others: .*chmod 600/);
    assert.ok(!existsSync(session));
    chmodSync(file, 0o600);
    assert.match(
      await says(`login ${url.replace('/ovirt-engine/api', '')} --password-file ${file}`),
      /^Signed in as admin@internal/,
    );
    assert.equal(statSync(session).mode & 0o777, 0o600);
    assert.equal(statSync(join(session, '..')).mode & 0o777, 0o700);
    assert.doesNotMatch(readFileSync(session, 'utf8'), /secret/);
    const { token, ...kept } = JSON.parse(readFileSync(session, 'utf8'));
    assert.deepEqual(kept, { url, user: 'admin@internal' });
    assert.equal((await connect({ url, token }).hosts.list()).length, 2);
  });

  test('a typed password is not shown', async (t) => {
    if (spawnSync('script', ['--version']).status !== 0) return t.skip('there is no `script` to make a terminal');
    const other = join(folder, 'typed.json');
    const env = { ...process.env, PATCHBAY_SESSION: other };
    const terminal = spawn('script', ['-qec', `${command} login ${url}`, '/dev/null'], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    terminal.stdout.on('data', (chunk: Buffer) => {
      shown += chunk;
      if (shown.endsWith(`Password of admin@internal at 127.0.0.1:${system.engine.port}: `))
        terminal.stdin.write('secrex\u007ft\r');
    });
    const [code] = (await once(terminal, 'close')) as [number];
    assert.equal(code, 0, shown);
    assert.match(shown, /Signed in as admin@internal/);
    assert.doesNotMatch(shown, /secre/);
    assert.ok(existsSync(other));
  });

  test('lists are tables for people and JSON for programs', async () => {
    assert.match(
      await says('hosts'),
      /^NAME +STATUS +ADDRESS +CLUSTER +WHY\nhost1 +up +127\.0\.0\.1 +Default +-\nhost2 /,
    );
    assert.equal(await says('hosts --search name=nothing'), 'NAME  STATUS  ADDRESS  CLUSTER  WHY\n');
    const nics = await says('nics host1');
    assert.match(nics, /^eth0 +nic +up +10G +1500 +[0-9a-f:]{17} +192\.168\.100\.11\/24 +ovirtmgmt +- +-$/m);
    assert.match(await says('networks'), /^red +101 +default +yes +- +Default +-$/m);
    assert.match(
      await says('networks --cluster Default'),
      /^ovirtmgmt +- +default +yes +operational +vm,.*management/m,
    );
    assert.match(await says('attachments host2'), /^ovirtmgmt +eth0 +- +192\.168\.100\.12\/24 +none +yes +-$/m);
    const json = JSON.parse(await says('nics host1 --json')) as { name: string; mtu: number }[];
    assert.deepEqual([json.length, json[0]?.name, json[0]?.mtu], [6, 'eth0', 1500]);
  });

  test('a preview shows the plan and does nothing', async () => {
    const shown = await says('attach host1 red eth1 --address 10.1.1.2/24 --preview');
    assert.match(shown, /^host1: 11 steps, does not touch the way to the engine, no outage expected$/m);
    assert.match(shown, /^Changes\n {2}\+ network red$/m);
    assert.match(shown, /^Steps\n {4}1 {2}Make bridge red$/m);
    assert.doesNotMatch(await says('attachments host1'), /red/);
    const json = JSON.parse(await says('attach host1 red eth1 --preview --json')) as { accepted: boolean };
    assert.equal(json.accepted, true);
    const { code, out } = await patchbay('bond host1 bond0 eth2 --preview');
    assert.equal(code, 1);
    assert.match(
      out,
      /^host1: refused by 1 rule\n\nRefused\n {2}Bond bond0 needs at least two slaves, got 1\. \(BOND-06\)$/m,
    );
  });

  test('networks go onto nics, and off again', async () => {
    assert.equal(
      await says('attach host1 red eth1 --address 10.1.1.2/24'),
      'red is on eth1 of host1. A reboot undoes it until `patchbay commit host1`.\n',
    );
    assert.match(await says('attachments host1'), /^red +eth1 +101 +10\.1\.1\.2\/24 +none +yes +-$/m);
    await refused('attach host1 red eth2', 1, /^.*red.* \(ATT-\d+\)$/m);
    await refused('attach host1 blue eth1 --dhcp --address 10.1.2.2/24', 2, /Only one of --dhcp and --address/);
    await refused('attach host1 blue eth1 --gateway 10.1.2.1', 2, /A gateway needs an address/);
    await refused('attach host1 blue eth1 --address 10.1.2.2', 2, /It must be ADDRESS\/PREFIX/);
    assert.equal(await says('detach host1 red --commit'), 'red is off host1.\n');
    await refused('detach host1 red', 1, /^There is no network red on host host1; there are: ovirtmgmt\.$/m);
  });

  test('bonds are made, changed and taken apart', async () => {
    assert.match(
      await says('bond host1 bond0 eth2 eth3 --mode 1 --option miimon=100'),
      /^bond0 of host1 joins eth2, eth3\./,
    );
    assert.match(await says('nics host1'), /^bond0 +bond .* eth2,eth3$/m);
    assert.match(await says('bond host1 bond0 --mode 2'), /^bond0 of host1 is changed\./);
    assert.match(await says('bond host1 bond0 --remove'), /^bond0 of host1 is taken apart\./);
    await refused('bond host1 bond0', 2, /Say what bond0 shall be/);
    await refused('bond host1 bond0 eth2 --remove', 2, /neither nics nor options/);
  });

  test('a whole change comes from a file or from input, in JSON, in XML and in the spelling of old', async () => {
    const bond = { name: 'bond0', bonding: { slaves: { host_nic: [{ name: 'eth2' }, { name: 'eth3' }] } } };
    const attachment = { network: { name: 'red' }, host_nic: { name: 'bond0' } };
    const file = join(folder, 'change.json');
    const body = {
      modified_bonds: { host_nic: [bond] },
      modified_network_attachments: { network_attachment: [attachment] },
    };
    writeFileSync(file, JSON.stringify(body));
    assert.match(
      await says(`apply host1 ${file} --preview`),
      /^Changes\n {2}\+ bond bond0\n[\s\S]*\n {2}\+ network red$/m,
    );
    assert.match(await says(`apply host1 ${file} --commit`), /^host1 has taken the change\.\n$/);
    const older =
      '<action><network_attachments><network_attachment><network><name>red</name></network><host_nic><name>eth2</name></host_nic>' +
      '</network_attachment></network_attachments><removed_bonds><host_nic><name>bond0</name></host_nic></removed_bonds></action>';
    assert.match(await says('apply host1 -', older), /^host1 has taken the change\. A reboot undoes it/);
    assert.match(await says('attachments host1'), /^red +eth2 /m);
    await refused(
      'apply host1 -',
      2,
      /^Standard input is not a change of networks: modified_bond: there is no modified_bond/,
      {
        input: '{"modified_bond": 1}',
      },
    );
    await refused('apply host1 -', 2, /is empty/);
    await refused('apply host1 nowhere.xml', 2, /nowhere\.xml cannot be read/);
    await refused('apply host1 -', 1, /^Cannot remove .* \(ATT-12\)\n.*eth8.*\n.*eth9/m, {
      input:
        '{"removed_network_attachments": {"network_attachment": [{"id": "x"}]}, "modified_bonds": {"host_nic": [{"name": "bond1", "bonding": {"slaves": {"host_nic": [{"name": "eth8"}, {"name": "eth9"}]}}}]}}',
    });
  });

  test('what another hand changed is seen, previewed and mended', async () => {
    hostAt(system, 0).memory.kernel.disturb({ kind: 'link.set', name: 'red', mtu: 1400 });
    assert.equal(await says('refresh host1'), 'host1 was looked at anew.\n');
    assert.match(await says('attachments host1'), /^red .* no +mtu is 1400, not 1500$/m);
    assert.match(await says('sync host1 red --preview'), /^host1: \d+ steps?, /);
    assert.equal(await says('sync host1'), 'All networks of host1 are in sync.\n');
    await refused('sync host1 --no-check', 2, /need networks to be named/);
    assert.match(await says('sync host1 red'), /^red of host1: in sync\./);
    assert.equal(await says('commit host1'), 'host1 boots with the networks that it has now.\n');
  });

  test('revisions are listed, compared and gone back to', async () => {
    const all = JSON.parse(await says('revisions host1 --json')) as { id: string }[];
    const newest = Number(all[0]?.id);
    assert.match(
      await says('revisions host1 --max 1'),
      new RegExp(`^REVISION .*\\n${newest} +\\d{4}-.*Z +admin +\\S.*\\n$`),
    );
    assert.match(
      await says(`revisions host1 ${newest}`),
      /^Revision \d+ of host1, .*\n\nDifferences to what was before\n[\s\S]*\nSteps\n/,
    );
    assert.match(await says(`revisions host1 ${newest} --since 1`), /^Differences to revision 1\n {2}\+ network red$/m);
    assert.match(await says('revert host1 1 --preview'), /^ {2}- network red$/m);
    assert.match(await says('revert host1 1'), /^host1 is what revision 1 was\./);
    assert.doesNotMatch(await says('attachments host1'), /red/);
    await refused('revert host1 999', 1, /999/);
    await refused('revert host1 one', 2, /It must be a whole number/);
  });

  test('who does not wait is told the job, and follows it to its end', async (t) => {
    const begun = await says('attach host1 blue eth4 --no-wait');
    const [, id = ''] = /^Begun as job (\S+): `patchbay jobs \1 --follow`\.$/m.exec(begun) ?? [];
    assert.match(
      await says(`jobs ${id} --follow`),
      /^Adding a network attachment on host host1: finished\n\nSTEP [\s\S]*\n1 +finished /,
    );
    assert.match(await says('jobs --max 1'), new RegExp(`^JOB .*\\n${id} +finished `));
    const { kernel } = hostAt(system, 0).memory;
    const execute = kernel.execute.bind(kernel);
    const broken = t.mock.method(kernel, 'execute', async (...[ops, between]: Parameters<typeof execute>) => {
      const failed = ops.find((op) => op.kind === 'link.add');
      return failed === undefined ? execute(ops, between) : { ok: false as const, failed, message: 'No space left' };
    });
    await refused('attach host1 red eth5', 3, /^Host host1 did not keep the change\..*No space left.*\n/);
    const [, failing = ''] = /^Begun as job (\S+):/.exec(await says('attach host1 red eth5 --no-wait')) ?? [];
    const { code, out } = await patchbay(`jobs ${failing} --follow`);
    broken.mock.restore();
    assert.equal(code, 3);
    assert.match(
      out,
      /^Adding a network attachment on host host1: failed\. .*No space left\n\nSTEP [\s\S]*\n1 +failed /,
    );
  });

  test('events are listed oldest first, and followed as they come', async () => {
    const lines = (await says('events --max 3')).trimEnd().split('\n');
    assert.equal(lines.length, 3);
    for (const line of lines)
      assert.match(line, /^ *\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}(normal|warning|error) +\S/);
    const ids = lines.map((line) => Number(line.trim().split(' ')[0]));
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );
    const after = (await says(`events --from ${ids[0]} --json`)).trimEnd().split('\n');
    assert.deepEqual(
      after.map((line) => Number((JSON.parse(line) as { id: string }).id)),
      ids.slice(1),
    );
    const child = begin(['events', '--follow', '--max', '1']);
    const seen: string[] = [];
    if (child.stdout === null) throw new Error('there is no output');
    for await (const line of createInterface({ input: child.stdout })) {
      if (seen.push(line) === 2) break;
      const api = connect({ url, user: 'admin@internal', password: 'secret' });
      await api.events.add({ origin: 'test', severity: 'warning', custom_id: 1, description: 'one\u009b2J more' });
    }
    child.kill();
    await once(child, 'close');
    assert.match(seen[1] ?? '', /warning {2}one\ufffd2J more$/);
  });

  test('the environment alone signs in, and leaves nothing behind', async () => {
    const other = join(folder, 'none.json');
    const environment = { PATCHBAY_SESSION: other, PATCHBAY_URL: url, PATCHBAY_PASSWORD: 'secret' };
    const { store } = system.engine.engine;
    const before = (await store.list('token')).length;
    assert.equal((await patchbay('hosts', environment)).code, 0);
    assert.equal((await store.list('token')).length, before, 'the token is taken back');
    assert.ok(!existsSync(other));
    await refused('hosts', 4, /password is wrong/, { ...environment, PATCHBAY_PASSWORD: 'guess' });
    await refused('hosts', 4, /^Cannot sign in at http:\/\/127\.0\.0\.1:9\//, {
      ...environment,
      PATCHBAY_URL: 'http://127.0.0.1:9',
    });
  });

  test('a session that has ended says so, or is renewed when there is a password', async () => {
    const kept = JSON.parse(readFileSync(session, 'utf8')) as { token: string };
    await connect({ url, token: kept.token }).signOut();
    await refused('hosts', 4, /^The session has ended: sign in again with `patchbay login`/);
    assert.equal((await patchbay('hosts', { PATCHBAY_PASSWORD: 'secret' })).code, 0);
    assert.notEqual((JSON.parse(readFileSync(session, 'utf8')) as { token: string }).token, kept.token);
    assert.match(await says('hosts'), /host1/);
    chmodSync(session, 0o644);
    await refused('hosts', 2, /can be read by others/);
    chmodSync(session, 0o600);
  });

  test('a command that is wrong is told, with exit code 2; help is help', async () => {
    await refused('hosts --nope', 2, /unknown option '--nope'/);
    await refused('nosuch', 2, /unknown command 'nosuch'/);
    await refused('nics', 2, /missing required argument 'host'/);
    await refused('nics nohost', 1, /^There is no host nohost; there are: host1, host2\.$/m);
    const help = await says('--help');
    for (const name of ['server', 'login', 'apply', 'revert', 'events'])
      assert.match(help, new RegExp(`^  ${name}\\b`, 'm'));
    assert.match(await says('apply --help'), /--preview/);
  });

  test('an engine that is gone is said to be unreachable', async () => {
    assert.match(await says('logout'), /^Signed out of/);
    assert.ok(!existsSync(session));
    assert.equal(await says('logout'), 'Nobody is signed in.\n');
    const reach = { PATCHBAY_URL: 'http://127.0.0.1:9/ovirt-engine/api', PATCHBAY_PASSWORD: 'x' };
    await refused('commit host1', 4, /Cannot sign in at/, reach);
  });
});
