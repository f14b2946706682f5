/**
 * The way from what is ours to the same thing in another manager's hands: its configuration first, then whatever shows in the
 * kernel that it was ours. Nothing that carries traffic is touched. Pure.
 */
import {
  type AgentProblem,
  type HandBackWish,
  type HostConfig,
  type KernelOp,
  MAIN_TABLE,
  type ManagerFile,
  type ManagerName,
  type Plan,
} from '@patchbay/protocol';
import type { KernelState } from '../../kernel.ts';
import { isMade, isOurRoute, isOurRule, OUR_PROTOCOL, readAlias } from '../../observe/ownership.ts';
import { startedAnew } from '../../plan/claims.ts';
import { HANDED_SYSCTLS } from '../files.ts';
import { type HandedHost, handedHost, handedTable } from './handed-host.ts';
import { keyfiles } from './keyfiles.ts';
import { stanzas } from './stanzas.ts';
import { units } from './units.ts';

type Planned = { ok: true; value: Plan } | { ok: false; problem: AgentProblem };

/** Those that can be handed to, the likeliest first. */
const TAKERS = ['NetworkManager', 'systemd-networkd', 'ifupdown'] as const;
type Taker = (typeof TAKERS)[number];

/** @param clientIds as in {@link handedHost} */
export function planHandBack(
  state: KernelState,
  running: HostConfig,
  { manager }: HandBackWish,
  clientIds: Readonly<Record<string, string>>,
): Planned {
  if (isNothing(state, running)) return { ok: true, value: NO_STEPS };
  const taker = takerOf(state, manager);
  if ('problem' in taker) return { ok: false, problem: taker.problem };
  const handed = handedHost(state, running, clientIds);
  if (!handed.ok) return refuse(handed.lacking.join(' '));
  const written = writers[taker.name](handed.host, `${state.bootId}/${state.hostName}`);
  if (!written.ok) return refuse(written.lacking.join(' '));
  const files = [...written.files, ...sysctlFile(handed.host)];
  const ops: KernelOp[] = [
    { kind: 'manager.hand-back', manager: taker.name, files, devices: written.devices },
    // The others do their part now; nobody does ifupdown's before the next boot.
    ...(taker.name === 'ifupdown' ? likewise(state) : []),
    ...forgotten(state, taker.name),
  ];
  const bonds = taker.name === 'systemd-networkd' && Object.keys(running.bonds).length > 0;
  const risks = [...risksOf(state, taker.name), ...(bonds ? [MAY_NOT_KNOW] : [])];
  return { ok: true, value: { ops, risks, touchesManagement: true, expectedOutage: 0, settleTime: 0 } };
}

const MAY_NOT_KNOW =
  'A systemd-networkd too old to know KeepMaster= takes slaves of bonds down and up: what is on a bond is then away for a moment.';

const NO_STEPS: Plan = { ops: [], risks: [], touchesManagement: false, expectedOutage: 0, settleTime: 0 };

/** Whether nothing here is ours, and no other manager keeps away from anything for us. */
function isNothing({ managers = [] }: KernelState, { bonds, networks, virtualFunctions = {} }: HostConfig): boolean {
  const claimed = managers.some(({ claims }) => claims.length > 0);
  return !claimed && [bonds, networks, virtualFunctions].every((all) => Object.keys(all).length === 0);
}

const writers: Record<Taker, (host: HandedHost, seed: string) => ReturnType<typeof keyfiles>> = {
  NetworkManager: keyfiles,
  'systemd-networkd': units,
  ifupdown: stanzas,
};

function refuse(message: string): { ok: false; problem: AgentProblem } {
  return { ok: false, problem: { code: 'ERR_HAND_BACK', message } };
}

function takerOf(
  { managers = [] }: KernelState,
  wanted: ManagerName | null,
): { name: Taker } | { problem: AgentProblem } {
  const there = TAKERS.filter((name) => managers.some((report) => report.name === name));
  if (wanted !== null) {
    const name = there.find((one) => one === wanted);
    return name === undefined
      ? refuse(
          `${wanted} is not on this host, or cannot be handed a network; there is ${there.join(', ') || 'none that can'}.`,
        )
      : { name };
  }
  const running = there.filter((name) => managers.some((report) => report.name === name && report.running));
  const [only, other] = running.length > 0 ? running : there;
  if (only === undefined) {
    return refuse(
      'There is no NetworkManager, systemd-networkd or ifupdown on this host that would bring its network up at the next boot; install one first.',
    );
  }
  return other === undefined
    ? { name: only }
    : refuse(`There are several managers on this host; say which one shall have the network: ${there.join(', ')}.`);
}

/** Replies come in by another way than they leave: what the source routes need, and no manager sets. */
function sysctlFile({ sysctls }: HandedHost): ManagerFile[] {
  const lines = Object.entries(sysctls).map(([key, value]) => `${key} = ${value}\n`);
  if (lines.length === 0) return [];
  return [
    {
      path: HANDED_SYSCTLS,
      text: `# Written by Patchbay when it handed this host back.\n${lines.join('')}`,
      mode: 0o644,
    },
  ];
}

/** Routes and rules of ours in tables and with marks that are not. */
function likewise(state: KernelState): KernelOp[] {
  const routes = state.routes.filter(isOurRoute).flatMap(({ device, protocol: _, ...route }): KernelOp[] => {
    if (device === null || route.table === MAIN_TABLE) return [];
    return [{ kind: 'route.replace', ...route, device, table: handedTable(route.table), protocol: 'boot' }];
  });
  const rules = state.rules.filter(isOurRule).map(
    ({ protocol: _, ...rule }): KernelOp => ({
      kind: 'rule.add',
      ...rule,
      table: handedTable(rule.table),
      protocol: 'boot',
    }),
  );
  // What is reached without a gateway is how the others' gateways are reached.
  return [...routes.sort((a, b) => Number(gatewayOf(a) !== null) - Number(gatewayOf(b) !== null)), ...rules];
}

const gatewayOf = (op: KernelOp): string | null => (op.kind === 'route.replace' ? op.gateway : null);

/**
 * Whether the taker has set a route of its own beside ours: NetworkManager under another metric; networkd the same once more, which
 * the kernel takes for IPv4 alone. Nobody has set any for ifupdown.
 */
function standsTwice({ family }: KernelState['routes'][number], taker: Taker): boolean {
  return taker === 'NetworkManager' || (taker === 'systemd-networkd' && family === 4);
}

/** Everything by which the kernel shows that something was ours. */
function forgotten(state: KernelState, taker: Taker): KernelOp[] {
  const rules = state.rules
    .filter(isOurRule)
    .map(({ protocol: _, ...rule }): KernelOp => ({ kind: 'rule.del', ...rule }));
  const routes = state.routes.filter(isOurRoute).map((route): KernelOp => {
    const { protocol: _, device, ...rest } = route;
    if (device !== null && route.table === MAIN_TABLE && !standsTwice(route, taker))
      return { kind: 'route.replace', ...rest, device, protocol: taker === 'ifupdown' ? 'boot' : 'static' };
    const { family, table, destination, gateway, metric } = route;
    return { kind: 'route.del', family, table, destination, gateway, device, metric, protocol: OUR_PROTOCOL };
  });
  const clients = state.dhcp.map(
    ({ device, network, family }): KernelOp => ({ kind: 'dhcp.stop', device, network, family }),
  );
  const links = state.links.flatMap((link): KernelOp[] => {
    if (isMade(link)) return [{ kind: 'link.set', name: link.name, alias: '', group: 0 }];
    return readAlias(link.alias) === null ? [] : [{ kind: 'link.set', name: link.name, alias: '' }];
  });
  return [...rules, ...routes, ...clients, ...links];
}

function risksOf(state: KernelState, taker: Taker): string[] {
  const { managers = [] } = state;
  const cloud = managers.some(({ name }) => name === 'cloud-init');
  return [
    `Patchbay sets nothing up on this host any more; ${taker} does, from now on and after each boot.`,
    ...(taker === 'ifupdown'
      ? ['ifupdown acts at boot: until then the network stands as it is, and nobody looks after it.']
      : []),
    ...(taker === 'systemd-networkd' ? startedAnew(state, []) : []),
    ...(cloud
      ? ['cloud-init stays away from the network, or it would write another configuration at the next boot.']
      : []),
    `Profiles and files that ${taker} had for these devices before stay as they are, and do not come up.`,
  ];
}
