/** Property by property: what the config in force asks for, and what the kernel shows instead. Pure. */
import type { Difference, Drift, HostConfig, LinkReport, RouteReport, RuleReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { readAlias } from '../observe/ownership.ts';
import { sameRule } from '../plan/apply-op.ts';
import { bondChanges, bridgeChanges, settlingOp, sysctlChanges } from '../plan/differences.ts';
import { Draft } from '../plan/draft.ts';
import { lastsLongEnough } from '../plan/phase-addresses.ts';
import { sameRoute } from '../plan/phase-routes.ts';
import { presentPart } from '../plan/present-part.ts';
import type { Target, TargetAddress, TargetLink } from '../plan/target.ts';
import { targetFor } from '../plan/target-for.ts';
import { type Waiting, waitingFor } from './waiting.ts';

const NOWHERE: ReadonlySet<string> = new Set();

/** Agrees with the planner: there are differences exactly when it would have something to do. */
export function driftOf(state: KernelState, config: HostConfig): Drift {
  const missing = missingNics(state, config);
  const present = missing.length === 0 ? config : presentPart(state, config);
  const found = targetFor(state, present, NOWHERE);
  if (!found.ok) return { state: 'unknown', differences: [], missing, reason: found.problem.message };
  const differences = new Comparison(state, found.target, waitingFor(state, config, present)).all();
  const drifted = differences.length > 0;
  return { state: drifted ? 'drifted' : missing.length > 0 ? 'missing-device' : 'in-sync', differences, missing };
}

/** Nics that the config names and the host does not have. */
function missingNics(state: KernelState, { bonds, networks }: HostConfig): string[] {
  const nics = new Set(state.links.flatMap(({ name, kind }) => (kind === 'nic' ? [name] : [])));
  const named = [
    ...Object.values(bonds).flatMap(({ slaves }) => slaves),
    ...Object.values(networks).flatMap(({ base }) => (base === null || Object.hasOwn(bonds, base) ? [] : base)),
  ];
  return [...new Set(named)].filter((name) => !nics.has(name)).sort();
}

class Comparison {
  readonly #state: KernelState;
  readonly #waiting: Waiting;
  readonly #target: Target;
  readonly #draft: Draft;
  readonly #found: Difference[] = [];

  constructor(state: KernelState, target: Target, waiting: Waiting) {
    this.#state = state;
    this.#waiting = waiting;
    this.#target = target;
    const [now, then] = [null, null];
    this.#draft = new Draft(state, target, { now, then });
  }

  /** Where a lease is held, whoever keeps leases up brings address, routes and rules after it. */
  #isLeased(device: string | null): boolean {
    return this.#state.dhcp.some((client) => client.device === device && client.state === 'bound');
  }

  all(): Difference[] {
    for (const wanted of this.#target.links.values()) this.#link(wanted);
    for (const name of this.#target.gone) this.#leftOver(name);
    this.#routes();
    this.#rules();
    this.#clients();
    this.#claims();
    const { nameservers } = this.#target;
    if (nameservers !== null && nameservers.join(' ') !== this.#state.nameservers.join(' ')) {
      this.#add(null, 'nameservers', nameservers.join(' '), this.#state.nameservers.join(' ') || null);
    }
    return this.#found;
  }

  #link(wanted: TargetLink): void {
    const { name } = wanted;
    const link = this.#draft.now(wanted);
    if (link === undefined) {
      this.#add(name, 'device', wanted.kind, null);
      return;
    }
    const differs = (property: string, one: string | number | boolean | null, other: typeof one) => {
      if (one !== other) this.#add(name, property, word(one), word(other));
    };
    differs('kind', wanted.kind, link.kind);
    if (wanted.kind === 'vlan') {
      differs('base', wanted.base, link.base);
      differs('vlan', wanted.vlan, link.vlan);
    }
    if (wanted.master !== undefined) differs('master', wanted.master, link.master);
    const settling = settlingOp(this.#draft, wanted);
    if (settling.mac !== undefined) differs('mac', settling.mac, link.mac);
    if (settling.alias !== undefined) differs('mark', settling.alias || null, link.alias);
    if (settling.group !== undefined) differs('group', settling.group, link.group);
    if (settling.up !== undefined) differs('up', settling.up, link.adminUp);
    const member = this.#draft.world.get(link.master)?.kind === 'bond';
    if (wanted.mtu !== undefined && !member) differs('mtu', wanted.mtu, link.mtu);
    this.#settings(wanted, link);
    this.#addresses(wanted, link);
  }

  #settings(wanted: TargetLink, link: LinkReport): void {
    const { name } = link;
    for (const { key, value } of sysctlChanges(this.#draft, wanted, link)) {
      const [, family = '', , , setting = ''] = key.split('/');
      if (setting === 'disable_ipv6') this.#add(name, 'ipv6', value === '0' ? 'on' : 'off', onOff(!link.ipv6Disabled));
      else
        this.#add(name, `sysctl.${family}/${setting}`, value, link.sysctls?.[`${family}/${setting}` as const] ?? null);
    }
    for (const { option, value } of bondChanges(wanted, link)) {
      this.#add(name, `bond.${option}`, value, link.bond?.options[option] ?? null);
    }
    for (const [option, value] of bridgeChanges(wanted, link)) {
      const actual = option === 'stp_state' ? (link.bridge?.stp === true ? '1' : '0') : link.bridge?.options[option];
      this.#add(name, `bridge.${option}`, value, actual ?? null);
    }
    for (const [section, values] of Object.entries(wanted.ethtool ?? {})) {
      for (const [setting, value] of Object.entries(values)) {
        const actual = link.ethtool?.[section]?.[setting] ?? null;
        if (actual !== value) this.#add(name, `ethtool.${section}.${setting}`, value, actual);
      }
    }
    if (wanted.shaping !== undefined) {
      const [one, other] = [wanted.shaping, link.shaping ?? null].map((shaping) => shaping && shapingText(shaping));
      if (one !== other) this.#add(name, 'qdisc', one ?? null, other ?? null);
    }
  }

  #addresses(wanted: TargetLink, link: LinkReport): void {
    const same = (one: TargetAddress) =>
      link.addresses.find(({ address, prefix }) => address === one.address && prefix === one.prefix);
    if (this.#isLeased(link.name)) return;
    for (const one of wanted.wanted) {
      const held = same(one);
      if (held === undefined) this.#add(link.name, 'address', addressText(one), null);
      else if (!lastsLongEnough(held.validFor, one.validFor)) {
        this.#add(link.name, `lifetime of ${addressText(one)}`, lifetime(one.validFor), lifetime(held.validFor));
      }
    }
    for (const one of wanted.unwanted)
      if (same(one) !== undefined) this.#add(link.name, 'address', null, addressText(one));
  }

  /** A device of ours that nothing asks for. */
  #leftOver(name: string): void {
    const link = this.#draft.world.get(name);
    if (link === undefined || this.#waiting.devices.has(name)) return;
    this.#found.push(difference(name, null, 'device', null, link.kind));
  }

  #routes(): void {
    const { wanted, unwanted } = this.#target.routes;
    for (const route of wanted) {
      if (this.#isLeased(route.device) || this.#state.routes.some((known) => sameRoute(known, route))) continue;
      this.#add(route.device, 'route', routeText(route), null);
    }
    for (const route of unwanted) {
      // With its device it goes, or waits.
      if (this.#isLeased(route.device) || this.#target.gone.has(route.device ?? '')) continue;
      this.#add(route.device, 'route', null, routeText(route));
    }
  }

  #rules(): void {
    const { wanted, unwanted } = this.#target.rules;
    for (const rule of wanted) {
      if (this.#isLeased(this.#deviceOf(rule)) || this.#state.rules.some((known) => sameRule(known, rule))) continue;
      this.#add(this.#deviceOf(rule), 'rule', ruleText(rule), null);
    }
    for (const rule of unwanted) {
      if (this.#isLeased(this.#deviceOf(rule)) || this.#waiting.tables.has(rule.table)) continue;
      this.#add(this.#deviceOf(rule), 'rule', null, ruleText(rule));
    }
  }

  #clients(): void {
    const { wanted, unwanted } = this.#target.dhcp;
    for (const { device, network, family } of wanted) {
      const runs = this.#state.dhcp.some(
        (client) => client.device === device && client.network === network && client.family === family,
      );
      if (!runs) this.#add(device, `dhcpv${family}`, 'running', null);
    }
    for (const { device, family } of unwanted) this.#add(device, `dhcpv${family}`, null, 'running');
  }

  /** What another manager does not leave to Patchbay, or has taken back. */
  #claims(): void {
    for (const { manager, claims } of this.#target.claims.wanted) {
      for (const { device } of claims) this.#add(device, 'manager', null, manager);
    }
  }

  /** The device whose traffic the rule leads to its table. */
  #deviceOf({ table }: RuleReport): string | null {
    const routes = [...this.#target.routes.wanted, ...this.#state.routes];
    return routes.find((route) => route.table === table)?.device ?? null;
  }

  #add(device: string | null, property: string, wanted: string | null, actual: string | null): void {
    const link = device === null ? undefined : this.#target.links.get(device);
    const mark = readAlias(link?.alias ?? null);
    const network = mark?.kind === 'nic' ? mark.holder : (mark?.name ?? null);
    this.#found.push(difference(device, network, property, wanted, actual));
  }
}

function difference(
  device: string | null,
  network: string | null,
  property: string,
  wanted: string | null,
  actual: string | null,
): Difference {
  return { device, network, property, wanted, actual };
}

function word(value: string | number | boolean | null): string | null {
  if (typeof value === 'boolean') return onOff(value);
  return value === null ? null : String(value);
}

const onOff = (on: boolean): string => (on ? 'on' : 'off');
const lifetime = (seconds: number | null): string => (seconds === null ? 'for ever' : `${seconds} s`);
const addressText = ({ address, prefix }: TargetAddress): string => `${address}/${prefix}`;

function routeText({ destination, gateway, device, table }: RouteReport): string {
  return [
    destination,
    gateway === null ? '' : `via ${gateway}`,
    device === null ? '' : `dev ${device}`,
    `table ${table}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function ruleText({ from, to, table }: RuleReport): string {
  return [from === null ? '' : `from ${from}`, to === null ? '' : `to ${to}`, `lookup ${table}`]
    .filter((part) => part !== '')
    .join(' ');
}

function shapingText({ classes, filters }: NonNullable<LinkReport['shaping']>): string {
  const sorted = [...classes].sort((a, b) => a.minor - b.minor);
  const shares = sorted.map(
    ({ minor, linkshare, upperlimit, realtime, fair }) =>
      `${minor}: ${linkshare ?? '-'}/${upperlimit ?? '-'}/${realtime ?? '-'}${fair ? '' : ' unfair'}`,
  );
  const taken = [...filters]
    .sort((a, b) => a.preference - b.preference)
    .map(({ preference, vlan, minor }) => `${preference}: ${vlan ?? 'rest'} to ${minor}`);
  return `${shares.join(', ')}; ${taken.join(', ')}`;
}
