/**
 * A long life of one host: random changes one after the other, while cables are cut, the agent is killed and another hand
 * changes the kernel. At the end everything is taken off again, and nothing may be left of it: no device, route, rule,
 * process or file; memory has not grown with the number of changes.
 */
import assert from 'node:assert/strict';
import { back, begun, settled } from './moments.ts';
import { type Chance, chance, networks, nextChange, spare, wishOf } from './random-changes.ts';
import { type HostView, makeNetwork, type System, until, viewHost } from './system.ts';

const hostName = 'host1';
const state = '/var/lib/patchbay';

export interface SoakResult {
  changes: number;
  /** Answered with 502 or 504, and taken back. */
  reverted: number;
  /** Refused by a rule: not counted among the changes. */
  refused: number;
  cuts: number;
  kills: number;
  foreign: number;
  /** Resident memory of the agent in kB: after a tenth of the changes, and at the end. */
  memory: { early: number; late: number };
}

export async function soak(
  system: System,
  changes: number,
  seed: number,
  tell: (line: string) => void,
): Promise<SoakResult> {
  const host = await viewHost(system, hostName);
  for (const { name, ...more } of networks) await makeNetwork(system, name, more);
  const start = await picture(system, host);
  const luck = chance(seed);
  const result: SoakResult = {
    ...{ changes: 0, reverted: 0, refused: 0, cuts: 0, kills: 0, foreign: 0 },
    memory: { early: 0, late: 0 },
  };
  for (let tried = 0; result.changes < changes; tried += 1) {
    assert.ok(tried < changes * 3 + 50, `most of what was tried was refused: ${JSON.stringify(result)}`);
    const body = nextChange(luck, await wishOf(system, host.id));
    const cut = luck.happens(0.05) ? luck.of(spare) : null;
    const kill = luck.happens(0.05);
    if (luck.happens(0.05)) {
      result.foreign += 1;
      await disturb(host, luck);
    }
    if (cut !== null) await system.lab.cable(hostName, cut, 'cut');
    const answer = host.request('POST', '/setupnetworks', { ...body, connectivity_timeout: 30 });
    if (kill) {
      await Promise.race([answer, begun(system, hostName)]);
      await system.lab.killAgent(hostName);
    }
    const reply = await answer;
    if (cut !== null) await system.lab.cable(hostName, cut, 'mend');
    const told = `${JSON.stringify(body)}: ${reply.text}\n${system.said.slice(-15).join('\n')}`;
    assert.ok([200, 502, 504].includes(reply.status) || (reply.status >= 400 && reply.status < 500), told);
    if (kill) await back(host);
    // Without a disturbance there is nothing that could fail.
    if (reply.status >= 500) assert.ok(kill || cut !== null, told);
    if (reply.status === 200) result.changes += 1;
    else if (reply.status < 500) result.refused += 1;
    else result.reverted += 1;
    result.cuts += cut === null ? 0 : 1;
    result.kills += kill ? 1 : 0;
    if (result.changes === Math.ceil(changes / 10)) result.memory.early ||= await memoryOf(system);
    if (tried % 25 === 24) {
      await inStep(system, host, told);
      tell(
        `${result.changes} changes, ${result.refused} refused, ${result.reverted} taken back, ${result.cuts} cuts, ${result.kills} kills, ${result.foreign} foreign, ${await memoryOf(system)} kB`,
      );
    }
  }
  result.memory.late = await memoryOf(system);
  const { networks: attached, bonds } = await wishOf(system, host.id);
  await carriedOut(host, {
    removed_network_attachments: { network_attachment: [...attached.keys()].map((name) => ({ network: { name } })) },
    removed_bonds: { host_nic: [...bonds.keys()].map((name) => ({ name })) },
    commit_on_success: true,
  });
  await inStep(system, host, 'after the end');
  assert.equal(await picture(system, host), start, 'something is left');
  return result;
}

/** Another hand: what it does to ours has to be put right, what it does to others has to be left alone and taken along. */
async function disturb(host: HostView, luck: Chance): Promise<void> {
  const ours = [...(await host.links()).values()].filter(({ ifalias }) => ifalias?.startsWith('patchbay:') === true);
  const made = ours.filter(({ linkinfo, ifname }) => linkinfo?.info_kind !== 'veth' && ifname !== 'ovirtmgmt');
  const [link] = luck.some(made, 1);
  const acts: string[][] = [
    ['ip', 'rule', 'del', 'priority', '3200'],
    ['ip', 'link', 'add', 'foreign0', 'type', 'dummy'],
    ['ip', 'link', 'del', 'foreign0'],
  ];
  if (link !== undefined) {
    acts.push(
      ['ip', 'link', 'set', link.ifname, 'mtu', '1400'],
      ['ip', 'addr', 'add', '192.0.2.99/24', 'dev', link.ifname],
    );
    if (link.linkinfo?.info_kind === 'vlan') acts.push(['ip', 'link', 'del', link.ifname]);
  }
  // It may be that there is nothing to do it to.
  await host.exec(...luck.of(acts)).catch(() => {});
}

async function carriedOut(host: HostView, body: object): Promise<void> {
  await host.exec('ip', 'link', 'del', 'foreign0').catch(() => {});
  const reply = await host.request('POST', '/setupnetworks', { ...body, connectivity_timeout: 30 });
  assert.equal(reply.status, 200, reply.text);
}

/** Engine and kernel say the same once the one has been asked to make the other so. */
async function inStep(system: System, host: HostView, where: string): Promise<void> {
  await settled(system, host);
  for (const path of ['/refresh', '/syncallnetworks', '/refresh']) {
    const reply = await host.request('POST', path, '<action/>');
    assert.equal(reply.status, 200, `${path}: ${reply.text}\n${where}`);
  }
  const shown = await host.request('GET', '/networkattachments');
  assert.doesNotMatch(shown.text, /<in_sync>false/, `${where}\n${shown.text}`);
  const { networks: attached, bonds } = await wishOf(system, host.id);
  const links = await host.links();
  for (const name of attached.keys()) {
    const isBridge = networks.find((one) => one.name === name)?.vm === true;
    assert.equal(links.has(name), isBridge, `bridge ${name}: ${where}`);
  }
  for (const name of ['bond0', 'bond1']) assert.equal(links.has(name), bonds.has(name), `${name}: ${where}`);
}

async function memoryOf({ lab }: System): Promise<number> {
  const pid = await lab.agentPid(hostName);
  const status = await lab.readFile(hostName, `/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
}

const sorted = (lines: readonly string[]) => lines.filter((line) => line !== '').sort();

/** Everything on the host that a change could leave behind. */
async function picture({ lab }: System, host: HostView): Promise<string> {
  // The kernel gives nics that have just been set free their addresses of the link after a while.
  const looking = async () => (await host.exec('ip', '-6', 'addr', 'show', 'tentative')) !== '';
  await until('every IPv6 address is known to be the only one', async () => !(await looking()), 10_000);
  const guards = `ls ${state}/guards/*/guard.sock | wc -l; pgrep -fxc '.*node guard.mjs' || true`;
  const waiting = async () => (await host.exec('sh', '-c', guards)).trim() === '1\n1';
  await until('one guard stands by, and no other is left', waiting, 20_000);
  const links = [...(await host.links()).values()].map((link) => ({
    name: link.ifname,
    kind: link.linkinfo?.info_kind,
    master: link.master,
    mtu: link.mtu,
    mac: link.address,
    alias: link.ifalias,
    up: link.flags.includes('UP'),
    addresses: link.addr_info.filter((a) => a.scope === 'global').map((a) => `${a.local}/${a.prefixlen}`),
  }));
  const read = async (...argv: string[]) => (await host.exec(...argv)).split('\n');
  const routes = (await read('ip', 'route', 'show', 'table', 'all')).map((line) => line.trim());
  const agent = await lab.agentPid(hostName);
  const programs = (await read('ps', '-eo', 'ppid,args'))
    .map((line) => /^ *(\d+) (.*)$/.exec(line) ?? [])
    .filter(([, , args]) => /udhcpc|guard\.mjs|dhcp|ip -/.test(args ?? ''));
  const processes = programs.map(([, , args = '']) => args);
  // The agent keeps one program of each kind to ask the kernel, from when it has first asked: only a second would be a leak.
  const asking = programs.filter(([, parent, args]) => Number(parent) === agent && args?.startsWith('ip -') === true);
  for (const kind of new Set(asking.map(([, , args = '']) => args))) processes.splice(processes.indexOf(kind), 1);
  const files = await read(
    'sh',
    '-c',
    `cd ${state} && find . -type f | grep -vE '^./(outcomes|committed|agent|dhcp/networks)/|dhcp/script' | sed -E 's#guards/[0-9a-f-]+#guards/NAME#' | sort`,
  );
  assert.deepEqual(lab.hosts.includes(hostName), true);
  const rules = await read('sh', '-c', 'ip rule; ip -6 rule');
  return JSON.stringify([links, sorted(routes), sorted(rules), sorted(processes), files], null, 1);
}
