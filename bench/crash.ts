/**
 * B18, the part of a host: changes one after the other, and in each the agent, its guard or both are killed at any moment. A change
 * that was answered as done is lost when the engine does not have it afterwards, and one is half done when the engine has neither
 * what was before nor what was asked, or the kernel is not as the engine says.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { back, begun, settled } from '../test/lab/moments.ts';
import { chance, networks, nextChange, spelled, type Wish, wished, wishOf } from '../test/lab/random-changes.ts';
import { type HostView, makeNetwork, type System, startSystem, viewHost } from '../test/lab/system.ts';
import type { Measured } from './measured.ts';

const hostName = 'host1';
/** Milliseconds after its beginning in which a change is over, and in which a kill falls. */
const SPAN = 500;
const VICTIMS = ['agent', 'guard', 'both'] as const;

/** @param seed of the changes and of who is killed when */
export async function run(kills: number, seed: number): Promise<Measured[]> {
  const system = await startSystem(1);
  try {
    const host = await viewHost(system, hostName);
    for (const { name, ...more } of networks) await makeNetwork(system, name, more);
    const luck = chance(seed);
    const counts = { agent: 0, guard: 0, both: 0, done: 0, reverted: 0 };
    const lost: string[] = [];
    const halves: string[] = [];
    for (let killed = 0; killed < kills; ) {
      const before = await wishOf(system, host.id);
      const change = nextChange(luck, before);
      const victim = luck.of(VICTIMS);
      const answer = host.request('POST', '/setupnetworks', { ...change, connectivity_timeout: 30 });
      const first = await Promise.race([answer, begun(system, hostName)]);
      if (first !== undefined && first.status >= 400 && first.status < 500) continue;
      await pause(luck.upTo(SPAN));
      await killOf(system, victim);
      const { status, text } = await answer;
      await back(host);
      await settled(system, host);
      killed += 1;
      counts[victim] += 1;
      counts[status === 200 ? 'done' : 'reverted'] += 1;
      const [now, asked] = [await wishOf(system, host.id), wished(before, change)].map(spelled);
      const what = `${victim} killed: ${JSON.stringify(change)}, ${status}: ${text.slice(0, 300)}`;
      if (status === 200 && now !== asked) lost.push(what);
      const different = await difference(host, await wishOf(system, host.id));
      if (different !== null) halves.push(`${what}: ${different}`);
      else if (now !== asked && now !== spelled(before)) halves.push(`${what}: ${now}`);
    }
    for (const what of [...lost, ...halves]) console.error(what);
    return [
      {
        id: 'B18',
        name: 'changes lost or half done, with the agent, its guard or both killed in the midst of each',
        ratio: lost.length + halves.length,
        target: { atMost: 0 },
        detail: `${kills} kills: ${counts.agent} of the agent, ${counts.guard} of the guard, ${counts.both} of both; ${counts.done} changes done, ${counts.reverted} taken back; ${lost.length} lost, ${halves.length} half done`,
      },
    ];
  } finally {
    await system.stop();
  }
}

async function killOf({ lab }: System, victim: (typeof VICTIMS)[number]): Promise<void> {
  if (victim !== 'agent') await lab.exec(hostName, ['pkill', '-KILL', '-fx', '.*node guard.mjs']);
  if (victim !== 'guard') await lab.killAgent(hostName);
}

/** @returns how the kernel differs from what the engine says, null when it does not */
async function difference(host: HostView, { networks: attached, bonds }: Wish): Promise<string | null> {
  const looked = await host.request('POST', '/refresh', '<action/>');
  if (looked.status !== 200) return `refresh: ${looked.text.slice(0, 300)}`;
  const { text } = await host.request('GET', '/networkattachments');
  if (/<in_sync>false/.test(text)) return 'a network is not in sync';
  const links = await host.links();
  const bridges = networks.filter(({ vm }) => vm).map(({ name }) => name);
  const wrong = [
    ...bridges.filter((name) => links.has(name) !== attached.has(name)),
    ...['bond0', 'bond1'].filter((name) => links.has(name) !== bonds.has(name)),
  ];
  return wrong.length === 0 ? null : `${wrong.join(', ')} in the kernel and not in the engine, or the other way round`;
}
