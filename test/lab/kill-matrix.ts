/**
 * The kill matrix: agent, guard, both, or the power, at every state of a transaction and between any two of its steps.
 * Afterwards the host is wholly in the old state or wholly in the new one, and its files say the same. Real agents and guards on a
 * real kernel, without an engine; `kill-sweep.ts` does the like with one.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { ip4, network } from '../../packages/agent/src/plan/host-for-tests.ts';
import type { Said, Script } from '../../packages/agent/src/transaction/scripted/script.ts';
import { plainTables } from './plain-tables.ts';
import { ScriptedHost, stateDirectory, type Victim, victims } from './scripted-host.ts';
import { whole } from './whole.ts';

const nothing: HostConfig = { bonds: {}, networks: {} };
const bonded = { bond0: { slaves: ['eth1', 'eth2'], options: { mode: '1', miimon: '100' } } };
/** Something of every phase, in more than thirty steps. */
const rich: HostConfig = {
  bonds: bonded,
  networks: {
    blue: network({ base: 'bond0', vlan: 7, ipv4: ip4('198.51.100.7', '198.51.100.1') }),
    red: network({ base: 'eth3', mtu: 2000, bridgeOptions: { forward_delay: '400' } }),
    green: network({ base: 'bond0', vlan: 8, bridged: false, ipv4: ip4('203.0.113.7') }),
  },
};
const management = ip4('192.168.100.11', '192.168.100.1');
/** The address by which the host is reached, on a bridge on its nic, and on a bridge on a bond of two. */
const onNic: HostConfig = {
  bonds: {},
  networks: { ovirtmgmt: network({ base: 'eth0', ipv4: management, defaultRoute: true }) },
};
const onBond: HostConfig = {
  bonds: { bond1: { slaves: ['eth0', 'eth4'], options: { mode: '1', miimon: '100' } } },
  networks: { ovirtmgmt: network({ base: 'bond1', ipv4: management, defaultRoute: true }) },
};
const connection = { local: '192.168.100.11', remote: '192.168.100.1' };

/** Points that are one of many like it. */
const isRun = (point: string): boolean => point.endsWith(' run');
/** Points from which on a transaction is kept. */
const keeping = ['CONFIRMED', 'running written', 'committed written', 'COMMITTED', 'outcome kept', 'disarmed'];

/** One change, and what a host looks like before and after it. */
class Change {
  readonly host: ScriptedHost;
  readonly #config: HostConfig;
  readonly #base: HostConfig;
  readonly #part: Partial<Script>;
  readonly points: readonly string[];
  readonly #before: string;
  readonly #after: string;

  private constructor(
    host: ScriptedHost,
    config: HostConfig,
    base: HostConfig,
    part: Partial<Script>,
    points: readonly string[],
    seen: { before: string; after: string },
  ) {
    this.host = host;
    this.#config = config;
    this.#base = base;
    this.#part = part;
    this.points = points;
    this.#before = seen.before;
    this.#after = seen.after;
  }

  /** Does it once and takes it back, to know its points and both states. @param part `engine: 'silent'` for one that nobody confirms */
  static async learn(
    host: ScriptedHost,
    config: HostConfig,
    base: HostConfig,
    part: Partial<Script> = {},
  ): Promise<Change> {
    const { kernel: before } = await host.outcome(host.script(base));
    const { kernel: after } = await host.outcome(host.script(config));
    assert.notEqual(after, before, 'the change changes nothing');
    const { kernel: again } = await host.outcome(host.script(base));
    assert.equal(again, before, 'undoing does not lead back');
    const whole = { stepwise: true, ...part, ...(part.engine === 'silent' ? { confirmTimeout: 300 } : {}) };
    const { points } = await host.points(host.script(config, whole));
    if (part.engine !== 'silent') await host.outcome(host.script(base));
    return new Change(host, config, base, whole, points, { before, after });
  }

  script(): Script {
    return this.host.script(this.#config, this.#part);
  }

  /** Kills at the n-th point, lets the next agent come, and judges what it finds. @returns how the transaction ended */
  async kill(n: number, victim: Victim): Promise<string> {
    const script = this.script();
    const survived = await this.host.killAt(script, n, victim);
    const point = this.points[n - 1] ?? '';
    assert.equal(await this.host.killedAt(), point);
    const said = survived ?? (await this.host.outcome(script));
    return this.judge(said, `${victim} killed at ${n} ${point}`);
  }

  /** Leaves the host in the old state. */
  async judge({ ended, kernel, running, committed, open }: Said, where: string): Promise<string> {
    const outcome = ended?.outcome ?? 'unknown';
    const kept = outcome === 'committed';
    assert.ok(kept || outcome === 'reverted' || outcome === 'unchanged', `${where}: ${JSON.stringify(ended)}`);
    assert.equal(plainTables(kernel), plainTables(kept ? this.#after : this.#before), `${where}: ${outcome}`);
    const config = kept ? this.#config : this.#base;
    assert.deepEqual({ running, committed, open }, { running: config, committed: config, open: [] }, where);
    if (kept) await this.host.outcome(this.host.script(this.#base));
    return outcome;
  }

  /** How a kill there has to end. */
  expected(point: string, victim: Victim): string[] {
    const silent = this.#part.engine === 'silent';
    if (silent && !['PREPARED', 'ARMED'].includes(point)) return ['reverted'];
    if (keeping.includes(point)) return ['committed'];
    // Nothing depends on a guard yet.
    if (point === 'PREPARED') return [victim === 'guard' ? 'committed' : 'unchanged'];
    if (point === 'ARMED') return [victim === 'guard' ? 'reverted' : 'unchanged'];
    // The news of the guard's death and the confirm come at the same time.
    if (victim === 'guard' && (point === 'APPLIED' || point === 'AWAITING')) return ['reverted', 'committed'];
    // The next agent takes the confirm, unless the power was cut, which nothing unconfirmed survives.
    if (point === 'AWAITING' && (victim === 'agent' || victim === 'both')) return ['committed'];
    return ['reverted'];
  }

  /** Kills at a point and holds the end against what it has to be. */
  async check(n: number, victim: Victim): Promise<void> {
    const point = this.points[n - 1] ?? '';
    const outcome = await this.kill(n, victim);
    assert.ok(this.expected(point, victim).includes(outcome), `${victim} killed at ${n} ${point}: ${outcome}`);
  }

  /** Numbers of the points with a name. */
  at(...names: string[]): number[] {
    return this.points.flatMap((point, index) => (names.includes(point) ? [index + 1] : []));
  }
}

export function killMatrixSuite(lab: () => ConstructorParameters<typeof ScriptedHost>[0]): void {
  describe('kill matrix', () => {
    let kills = 0;
    let confirmed: Change;
    let silent: Change;
    const host = (): ScriptedHost => confirmed.host;
    const checkAll = async (t: TestContext, change: Change, list: [number, Victim][]): Promise<void> => {
      for (const [n, victim] of list) await change.check(n, victim);
      kills += list.length;
      t.diagnostic(`${list.length} kills`);
    };
    const each = (numbers: number[], ...who: Victim[]): [number, Victim][] =>
      numbers.flatMap((n) => who.map((victim): [number, Victim] => [n, victim]));

    test('the points of a change that is confirmed, and of one that is not', async (t) => {
      const scripted = new ScriptedHost(lab(), 'host1');
      confirmed = await Change.learn(scripted, rich, nothing);
      silent = await Change.learn(scripted, rich, nothing, { engine: 'silent' });
      t.diagnostic(`${confirmed.points.length} and ${silent.points.length} points`);
      assert.ok(confirmed.at('apply run').length > 30, 'a plan of more than thirty steps');
    });

    test('HT-101 an agent killed when a change is prepared has changed nothing, and the next change can begin', async (t) => {
      await checkAll(t, confirmed, each(confirmed.at('PREPARED'), 'agent'));
      const { ended } = await host().outcome(host().script(nothing));
      assert.equal(ended?.outcome, 'committed');
    });

    test('HT-102 an agent killed when the guard is armed has changed nothing, and the journal is closed', (t) =>
      checkAll(t, confirmed, each(confirmed.at('ARMED'), 'agent')));

    test('HT-103 an agent killed after any step of a long plan: the guard brings the snapshot back', async (t) => {
      for (const n of confirmed.at('apply run')) {
        const script = confirmed.script();
        assert.equal(await host().killAt(script, n, 'agent'), null);
        // No agent lives now.
        await host().ended(script.transaction);
        assert.equal(await confirmed.judge(await host().outcome(script), `step ${n}`), 'reverted');
        kills += 1;
      }
      t.diagnostic(`${confirmed.at('apply run').length} steps`);
    });

    test('HT-104 an agent killed while it waits: the next one takes the confirm', (t) =>
      checkAll(t, confirmed, each(confirmed.at('AWAITING'), 'agent')));

    test('HT-105 an agent killed while it waits, and nobody confirms: taken back at the deadline', async () => {
      const script = { ...silent.script(), confirmTimeout: 1500 };
      assert.equal(await host().killAt(script, silent.at('AWAITING')[0] ?? 0, 'agent'), null);
      await host().ended(script.transaction);
      const { ended, ...said } = await host().outcome(script);
      assert.equal(ended?.problem?.code, 'ERR_LOST_CONNECTION');
      assert.equal(await silent.judge({ ended, ...said }, 'never confirmed'), 'reverted');
      kills += 1;
    });

    test('HT-106 a guard killed while a change is applied: the agent notices and takes it back', async (t) => {
      const steps = confirmed.at('apply run').filter((_, index) => whole || index % 6 === 0);
      await checkAll(t, confirmed, each([...confirmed.at('APPLYING'), ...steps], 'guard'));
    });

    test('HT-107 agent and guard killed while a change is applied: the guard is started again and takes it back', async (t) => {
      const steps = confirmed.at('apply run').filter((_, index) => whole || index % 6 === 3);
      for (const n of steps) {
        const script = confirmed.script();
        assert.equal(await host().killAt(script, n, 'both'), null);
        await host().ended(script.transaction);
        assert.equal(await confirmed.judge(await host().outcome(script), `step ${n}`), 'reverted');
        kills += 1;
      }
      t.diagnostic(`${steps.length} kills of both`);
    });

    test('HT-108 the power cut in any state: the boot gives what was committed', async (t) => {
      const states = [
        'PREPARED',
        'ARMED',
        'APPLYING',
        'APPLIED',
        'AWAITING',
        'CONFIRMED',
        'running written',
        'COMMITTED',
      ];
      const steps = confirmed.at('apply run').filter((_, index) => whole || index % 12 === 6);
      await checkAll(t, confirmed, each([...confirmed.at(...states), ...steps], 'power'));
      await checkAll(t, silent, each(silent.at('REVERTING', 'REVERTED'), 'power'));
    });

    test('HT-109 a crash between confirm and commit: committed exactly once', async () => {
      for (const point of ['CONFIRMED', 'running written', 'committed written', 'COMMITTED', 'outcome kept']) {
        const script = confirmed.script();
        assert.equal(await host().killAt(script, confirmed.at(point)[0] ?? 0, 'agent'), null);
        const generations = async () =>
          (await host().exec('ls', `${stateDirectory}/committed`)).trim().split('\n').length;
        const outcomes = async () =>
          (await host().exec('ls', `${stateDirectory}/outcomes`)).split(`-${script.transaction}.json`).length - 1;
        const said = await host().outcome(script);
        const after = await generations();
        // Whoever comes later finds it done.
        const { ended } = await host().outcome(script);
        assert.equal(ended?.outcome, 'committed');
        assert.equal(await generations(), after, point);
        assert.equal(await outcomes(), 1, point);
        assert.equal(await confirmed.judge(said, point), 'committed');
        kills += 1;
      }
    });

    test('every other state of a change that is confirmed, for every victim', (t) => {
      const states = confirmed.at('APPLIED', 'AWAITING', ...keeping);
      return checkAll(t, confirmed, each(states, ...(whole ? victims : (['guard', 'both'] as const))));
    });

    test('every state and step of a revert by the agent, for every victim', (t) => {
      const first = silent.points.indexOf('AWAITING') + 1;
      const list = silent.points.flatMap((point, index): [number, Victim][] => {
        const n = index + 1;
        if (n < first) return [];
        if (whole) return each([n], ...victims);
        // Of the many steps a few are enough each time, with another victim at each.
        if (isRun(point)) return index % 3 === 0 ? [[n, victims[(index / 3) % victims.length] ?? 'agent']] : [];
        return each([n], 'agent', 'both');
      });
      return checkAll(t, silent, list);
    });

    test('every point of a revert by the guard: killed there, it is started again and goes on', async (t) => {
      const step = confirmed.at('apply run').at(-1) ?? 0;
      let n = 1;
      for (; ; n += 1) {
        const script = confirmed.script();
        await host().write(`${stateDirectory}/guard-kill-at`, `${n} self`);
        assert.equal(await host().killAt(script, step, 'agent'), null);
        await host().ended(script.transaction);
        const point = (await host().exec('cat', `${stateDirectory}/killed-at`)).trim().split('\n')[1];
        assert.equal(await confirmed.judge(await host().outcome(script), `guard killed at ${point}`), 'reverted');
        if (point === undefined) break;
        kills += 1;
      }
      await host().exec('rm', '-f', `${stateDirectory}/guard-kill-at`);
      assert.ok(n > 3, `only ${n - 1} points`);
      t.diagnostic(`${n - 1} kills of the guard`);
    });

    for (const [name, config, base, part] of [
      ['a change that takes away', nothing, rich, {}],
      ['the management network onto a bond', onBond, onNic, { connection }],
    ] as const) {
      test(`${name}: every point`, async (t) => {
        const change = await Change.learn(host(), config, base, { ...part, stepwise: whole });
        const list = change.points.flatMap((_, index): [number, Victim][] =>
          whole ? each([index + 1], ...victims) : [[index + 1, victims[index % victims.length] ?? 'agent']],
        );
        await checkAll(t, change, list);
      });
    }

    test('no guard is left, and how many kills there were', async (t) => {
      const waits = 'for n in $(seq 20); do pgrep -f [g]uard.mjs >/dev/null || break; sleep 1; done';
      const left = await host().exec('sh', '-c', `${waits}; pgrep -fa [g]uard.mjs || true`);
      assert.equal(left.trim(), '');
      t.diagnostic(
        `${kills} kills, none of which left anything in between (${whole ? 'the whole matrix' : 'a part of the matrix'})`,
      );
    });
  });
}
