/** What becomes of a claim when a manager behaves badly. The kernel is in memory, the manager a table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, ManagerReport } from '@patchbay/protocol';
import type { Kernel } from '../kernel.ts';
import { applyOp } from '../plan/apply-op.ts';
import { network, TestHost } from '../plan/host-for-tests.ts';
import { planFor } from '../plan/plan-for.ts';
import type { Manager } from './manager.ts';
import { Managers } from './managers.ts';
import { OwnedKernel } from './owned-kernel.ts';

class StubbornManager implements Manager {
  readonly name = 'NetworkManager';
  readonly said: string[] = [];
  #report: ManagerReport = { name: 'NetworkManager', running: true, devices: ['eth1'], claims: [] };
  readonly #behaves: 'well' | 'keeps' | 'comes back';

  constructor(behaves: 'well' | 'keeps' | 'comes back') {
    this.#behaves = behaves;
  }

  look(): ManagerReport {
    return this.#report;
  }
  async ask(): Promise<ReadonlySet<string>> {
    return new Set(this.#report.devices);
  }
  async claim(claims: ManagerReport['claims']): Promise<void> {
    this.said.push(`claim ${claims.map(({ device }) => device)}`);
    this.#report = { ...this.#report, claims: [...claims], devices: this.#behaves === 'keeps' ? ['eth1'] : [] };
  }
  async letGo(): Promise<void> {
    if (this.#behaves === 'comes back') setTimeout(() => this.#back(), 30);
  }
  async release(claims: ManagerReport['claims']): Promise<void> {
    this.said.push('release');
    this.#report = { ...this.#report, claims: [...claims], devices: ['eth1'] };
  }
  async keep(): Promise<string[]> {
    return [];
  }
  kept(): ManagerReport['claims'] {
    return [];
  }
  async handBack(): Promise<void> {}
  async lacks(): Promise<string[]> {
    return [];
  }
  async withdraw(): Promise<void> {}
  #back(): void {
    this.#report = { ...this.#report, devices: ['eth1'] };
  }
}

function hostWith(manager: Manager) {
  const host = new TestHost();
  const kernel: Kernel = {
    observe: async () => host.state,
    execute: async (ops) => {
      for (const op of ops) {
        const message = applyOp(host.world, op);
        if (message !== null) return { ok: false, failed: op, message };
      }
      return { ok: true };
    },
  };
  const patience = { change: 300, quiet: 400 };
  const managers = new Managers({ kernel, all: [manager], patience, environment: {}, log: () => {} });
  return { host, kernel: new OwnedKernel(kernel, managers) };
}

const config: HostConfig = { bonds: {}, networks: { red: network({ base: 'eth1' }) } };

async function carryOut(manager: StubbornManager) {
  const { host, kernel } = hostWith(manager);
  const plan = planFor(await kernel.observe(), config);
  assert.ok(plan.ok);
  assert.equal(plan.value.ops[0]?.kind, 'manager.claim');
  assert.match(plan.value.risks.join(), /NetworkManager manages eth1 and has to let go of it first/);
  const before = JSON.stringify(host.state);
  const execution = await kernel.execute(plan.value.ops);
  return { execution, changed: JSON.stringify(host.state) !== before, kernel };
}

test('a manager that lets go is asked once, before the first step of the kernel', async () => {
  const manager = new StubbornManager('well');
  const { execution, changed } = await carryOut(manager);
  assert.deepEqual(execution, { ok: true });
  assert.ok(changed);
  assert.deepEqual(manager.said, ['claim eth1,red']);
});

test('a manager that does not let go ends the change before the first step of the kernel', async () => {
  const { execution, changed } = await carryOut(new StubbornManager('keeps'));
  assert.ok(!execution.ok && execution.failed.kind === 'manager.claim');
  assert.match(execution.message, /does not let go of eth1/);
  assert.equal(changed, false);
});

test('so does one that comes back', async () => {
  const { execution, changed } = await carryOut(new StubbornManager('comes back'));
  assert.ok(!execution.ok && execution.failed.kind === 'manager.claim');
  assert.match(execution.message, /has taken it back/);
  assert.equal(changed, false);
});
