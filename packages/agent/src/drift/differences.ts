/** Property by property: what the config in force asks for, and what the kernel shows instead. Pure. */
import type {
  Difference,
  Drift,
  HostConfig,
  KernelOp,
  LinkReport,
  ResolverFile,
  RouteReport,
  RuleReport,
} from '@patchbay/protocol';
import { isHeard } from '../dhcp/following.ts';
import { parseNameservers } from '../dns/resolv-conf-text.ts';
import type { KernelState } from '../kernel.ts';
import { readAlias } from '../observe/ownership.ts';
import { sameClient, sameRule } from '../plan/apply-op.ts';
import { bondChanges, bridgeChanges, ethtoolChanges, settlingOp, sysctlChanges } from '../plan/differences.ts';
import { Draft } from '../plan/draft.ts';
import { lastsLongEnough } from '../plan/phase-addresses.ts';
import { sameFile } from '../plan/phase-resolver.ts';
import { sameRoute } from '../plan/phase-routes.ts';
import { presentPart } from '../plan/present-part.ts';
import type { Target, TargetAddress, TargetLink } from '../plan/target.ts';
import { targetFor } from '../plan/target-for.ts';

const NOWHERE: ReadonlySet<string> = new Set();

/** Agrees with the planner: there are differences exactly when it would have something to do. */
export function driftOf(state: KernelState, config: HostConfig): Drift {
  const missing = missingNics(state, config);
  const present = missing.length === 0 ? config : presentPart(state, config);
  const found = targetFor(state, present, NOWHERE, {}, config);
  if (!found.ok) return { state: 'unknown', differences: [], missing, reason: found.problem.message };
  const differences = new Comparison(state, found.target, isHeard(state, config)).all();
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
  readonly #target: Target;
  readonly #draft: Draft;
  /** Whether whoever keeps addresses up would take the step: then nothing is wrong, and soon nothing will differ. */
  readonly #heard: (op: KernelOp) => boolean;
  readonly #found: Difference[] = [];

  constructor(state: KernelState, target: Target, heard: (op: KernelOp) => boolean) {
    this.#state = state;
    this.#heard = heard;
    this.#target = target;
    const [now, then] = [null, null];
    this.#draft = new Draft(state, target, { now, then });
  }

  all(): Difference[] {
    for (const wanted of this.#target.links.values()) this.#link(wanted);
    for (const name of this.#target.gone) this.#leftOver(name);
    this.#routes();
    this.#rules();
    this.#clients();
    this.#claims();
    this.#resolver();
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
      if (setting !== 'disable_ipv6') {
        this.#add(name, `sysctl.${family}/${setting}`, value, link.sysctls?.[`${family}/${setting}` as const] ?? null);
        continue;
      }
      // IPv6 that is on may be switched off and on to begin anew: that is not what differs.
      const on = !link.ipv6Disabled;
      if (wanted.ipv6 !== on) this.#add(name, 'ipv6', value === '0' ? 'on' : 'off', onOff(on));
    }
    for (const { option, value } of bondChanges(wanted, link)) {
      this.#add(name, `bond.${option}`, value, link.bond?.options[option] ?? null);
    }
    for (const [option, value] of bridgeChanges(this.#draft, wanted, link)) {
      const actual = option === 'stp_state' ? (link.bridge?.stp === true ? '1' : '0') : link.bridge?.options[option];
      this.#add(name, `bridge.${option}`, value, actual ?? null);
    }
    for (const [section, values] of Object.entries(wanted.ethtool ?? {})) {
      for (const [setting, value] of ethtoolChanges(section, values, link)) {
        this.#add(name, `ethtool.${section}.${setting}`, value, link.ethtool?.[section]?.[setting] ?? null);
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
    const device = link.name;
    for (const one of wanted.wanted) {
      const held = same(one);
      if (this.#heard({ kind: 'addr.add', device, nodad: false, ...one })) continue;
      if (held === undefined) this.#add(link.name, 'address', addressText(one), null);
      else if (!lastsLongEnough(held.validFor, one.validFor)) {
        this.#add(link.name, `lifetime of ${addressText(one)}`, lifetime(one.validFor), lifetime(held.validFor));
      }
    }
    for (const one of wanted.unwanted) {
      if (same(one) === undefined || this.#heard({ kind: 'addr.del', device, ...one })) continue;
      this.#add(link.name, 'address', null, addressText(one));
    }
  }

  /** A device of ours that nothing asks for. */
  #leftOver(name: string): void {
    const link = this.#draft.world.get(name);
    if (link === undefined) return;
    this.#found.push(difference(name, null, 'device', null, link.kind));
  }

  #routes(): void {
    const { wanted, unwanted } = this.#target.routes;
    for (const route of wanted) {
      const { device } = route;
      if (this.#state.routes.some((known) => sameRoute(known, route))) continue;
      if (device !== null && this.#heard({ kind: 'route.replace', ...route, device })) continue;
      this.#add(route.device, 'route', routeText(route), null);
    }
    for (const route of unwanted) {
      // With its device it goes.
      if (this.#target.gone.has(route.device ?? '') || this.#heard({ kind: 'route.del', ...route })) continue;
      this.#add(route.device, 'route', null, routeText(route));
    }
  }

  #rules(): void {
    const { wanted, unwanted } = this.#target.rules;
    for (const rule of wanted) {
      if (this.#heard({ kind: 'rule.add', ...rule, protocol: undefined })) continue;
      if (this.#state.rules.some((known) => sameRule(known, rule))) continue;
      this.#add(this.#deviceOf(rule), 'rule', ruleText(rule), null);
    }
    for (const rule of unwanted) {
      if (this.#heard({ kind: 'rule.del', ...rule })) continue;
      this.#add(this.#deviceOf(rule), 'rule', null, ruleText(rule));
    }
  }

  #clients(): void {
    const { wanted, unwanted } = this.#target.dhcp;
    for (const client of wanted) {
      const runs = this.#state.dhcp.some((one) => sameClient(one, client));
      if (!runs) this.#add(client.device, `dhcpv${client.family}`, 'running', null);
    }
    for (const { device, family } of unwanted) this.#add(device, `dhcpv${family}`, null, 'running');
  }

  #resolver(): void {
    const { devices, file, nameservers } = this.#target.dns;
    const { resolver, nameservers: shown } = this.#state;
    const differ = (device: string | null, wanted: readonly string[], actual: readonly string[]) => {
      const [one, other] = [wanted.join(' '), actual.join(' ')];
      if (one === other || this.#heard({ kind: 'dns.set', nameservers: [...wanted], device: device ?? undefined }))
        return;
      this.#add(device, 'nameservers', one || null, other || null);
    };
    for (const [device, servers] of Object.entries(devices)) {
      const there = servers.length === 0 || this.#draft.world.get(device) !== undefined;
      if (there) differ(device, servers, resolver?.devices[device] ?? []);
    }
    if (file !== undefined && resolver !== undefined && !sameFile(file, resolver.file)) {
      const [one, other] = [resolverFileText(file), resolverFileText(resolver.file)];
      this.#add(null, 'resolv.conf', one, one === other ? `another ${other}` : other);
    }
    if (nameservers !== null) differ(null, nameservers, shown);
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

function resolverFileText(file: ResolverFile | null): string | null {
  if (file === null) return null;
  return file.target === null
    ? `file with ${parseNameservers(file.content ?? '').join(' ') || 'no name servers'}`
    : `link to ${file.target}`;
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
