/** B17: what a whole agent takes while nothing happens, linked to an engine of a few lines. Runs on a lab host. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { makePair, openTestAuthority, startTestEngine } from '../../packages/agent/src/link/testing.ts';
import { NODE_FLAGS } from '../../packages/agent/src/node-flags.ts';
import type { Measured } from '../measured.ts';

/** Milliseconds after which everything that comes with a start is over, the last collection of its garbage too. */
const SETTLE = 30_000;
/** For which nothing happens then: two of the looks that are taken every minute. */
const WATCH = 120_000;
/** Ticks of processor time in a second, as `/proc` counts them. */
const TICKS = 100;

/** @param folder with `agent.mjs` and `guard.mjs` */
export async function idle(folder: string): Promise<Measured[]> {
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  const { agent, stop } = await startAgent(folder, '/var/lib/patchbay-idle');
  await new Promise((resolve) => setTimeout(resolve, SETTLE));
  const start = ticksOf(family(agent));
  await new Promise((resolve) => setTimeout(resolve, WATCH));
  const processes = family(agent);
  const share = ((ticksOf(processes) - start) * 1000 * 100) / TICKS / WATCH;
  const [ours, node] = [residentOf([agent]), residentOf([bare.pid ?? 0])];
  const others = processes.filter((pid) => pid !== agent);
  const measured: Measured[] = [
    {
      id: 'B17',
      name: 'resident memory of an idle agent above that of a bare Node, in MB',
      ratio: ours - node,
      target: { atMost: 25 },
      detail: `${ours.toFixed(0)} MB against ${node.toFixed(0)} MB; besides, ${proportionalOf(others).toFixed(0)} MB in ${others.length} helpers: ${others.map(nameOf).join(', ')}`,
    },
    {
      id: 'B17',
      name: 'share of one processor that an idle agent and its helpers take, in percent',
      ratio: share,
      target: { atMost: 0.2 },
      detail: `over ${WATCH / 1000} s; agent.mjs has ${Math.round(statSync(`${folder}/agent.mjs`).size / 1024)} KB`,
    },
  ];
  bare.kill();
  await stop();
  return measured;
}

async function startAgent(folder: string, state: string): Promise<{ agent: number; stop(): Promise<void> }> {
  const authority = await openTestAuthority();
  const engine = await startTestEngine(authority, () => ({
    hello: async () => ({ engine: 'bench', protocol: 1 }),
    confirm: async () => ({ nonce: null }),
    ended: async () => ({}),
    changed: async () => ({}),
    renew: async () => ({ certificate: '' }),
  }));
  const { key, cert } = await makePair(authority, 'idle');
  mkdirSync(state, { recursive: true });
  const identity = { hostId: 'idle', name: 'idle', key, certificate: cert, ca: authority.ca.toString('pem') };
  writeFileSync(`${state}/identity.json`, JSON.stringify({ ...identity, engines: [engine.url] }));
  const agent = spawn(process.execPath, [...NODE_FLAGS, `${folder}/agent.mjs`, '--state', state], { stdio: 'ignore' });
  const gone = new Promise((resolve) => agent.once('exit', resolve));
  return {
    agent: agent.pid ?? 0,
    async stop() {
      agent.kill();
      await gone;
      await engine.close();
    },
  };
}

/** A process and everything that it has started. */
function family(root: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), Number(statOf(Number(name))[1])]),
  );
  const members = [root];
  for (const member of members) for (const [pid, parent] of parents) if (parent === member) members.push(pid);
  return members;
}

/** Fields of `/proc/<pid>/stat` after the name, proc(5). */
function statOf(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Processor time, in ticks, with that of children that have ended. */
function ticksOf(processes: readonly number[]): number {
  const fields = processes.map(statOf);
  return fields.reduce((sum, stat) => sum + [11, 12, 13, 14].reduce((one, at) => one + Number(stat[at] ?? 0), 0), 0);
}

/** Megabytes. */
function residentOf(processes: readonly number[]): number {
  return sum(processes, 'status', /^VmRSS:\s+(\d+) kB/m);
}

/** Megabytes, those that several processes share divided among them. */
function proportionalOf(processes: readonly number[]): number {
  return sum(processes, 'smaps_rollup', /^Pss:\s+(\d+) kB/m);
}

function sum(processes: readonly number[], file: string, field: RegExp): number {
  const kilobytes = processes.map((pid) => Number(field.exec(read(`/proc/${pid}/${file}`))?.[1] ?? 0));
  return kilobytes.reduce((total, one) => total + one, 0) / 1024;
}

function nameOf(pid: number): string {
  const [program = '', ...words] = read(`/proc/${pid}/cmdline`).split('\0');
  return `${program.split('/').at(-1)} ${words.find((word) => word.endsWith('.mjs') || word === 'monitor') ?? ''}`
    .replace(/\S*\//, '')
    .trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
