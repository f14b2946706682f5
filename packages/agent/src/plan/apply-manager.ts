/** What other managers are told, as their reports show it afterwards. */
import type { KernelOp, ManagerReport } from '@patchbay/protocol';
import { claimed, released } from './claims.ts';
import type { World } from './world.ts';

type ManagerOp = Extract<KernelOp, { manager: unknown }>;

export function applyManager(world: World, op: ManagerOp): string | null {
  const report = world.managers.find(({ name }) => name === op.manager);
  if (report === undefined) return `There is no ${op.manager} here.`;
  world.managers = world.managers.map((one) => (one === report ? after(report, op) : one));
  return null;
}

function after(report: ManagerReport, op: ManagerOp): ManagerReport {
  switch (op.kind) {
    case 'manager.claim':
      return claimed(report, op.claims);
    case 'manager.release':
      return released(report, op.devices);
    case 'manager.hand-back': {
      const devices = new Set([...report.devices, ...op.devices.map(({ name }) => name)]);
      return { ...report, claims: [], devices: [...devices].sort() };
    }
  }
}
