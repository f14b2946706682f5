/** The devices that operations are about. */
import type { KernelOp } from '@patchbay/protocol';

export function devicesOf(ops: readonly KernelOp[]): Set<string> {
  return new Set(ops.flatMap(deviceNames));
}

function deviceNames(op: KernelOp): string[] {
  const named = op as { name?: string; device?: string | null; names?: string[]; master?: string | null; key?: string };
  const hops = op.kind === 'route.replace' ? (op.nexthops ?? []).map(({ device }) => device) : [];
  const setting = /^net\/[^/]+\/conf\/(.+)\/[^/]+$/.exec(named.key ?? '')?.[1];
  return [named.name, named.device, named.master, setting, ...(named.names ?? []), ...hops].filter(
    (name): name is string => typeof name === 'string',
  );
}
