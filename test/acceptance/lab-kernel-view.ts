/** A real kernel, read by `ip` and from its files, not by the agent's own code. */
import type { Lab } from '@patchbay/lab';
import { ipLine } from '../../packages/agent/src/execute/ip-line.ts';
import {
  type KernelView,
  linkOf,
  type ShownClass,
  type ShownLink,
  type ShownRoute,
  type ShownRule,
} from './kernel-view.ts';

interface IpLink {
  ifname: string;
  ifindex: number;
  mtu: number;
  master?: string;
  link?: string;
  flags: string[];
  address: string;
  linkinfo?: { info_kind?: string; info_data?: { id?: number } };
  addr_info: { local: string; prefixlen: number; scope: string }[];
}

interface IpRule {
  src: string;
  srclen?: number;
  dst?: string;
  dstlen?: number;
  table: string;
}

interface IpRoute {
  table?: string;
  dst: string;
  gateway?: string;
  dev?: string;
  protocol?: string;
}

/** Stands between answers. */
const END = '@@';

const LINKS = '-d addr';
const RULES = ['rule', '-6 rule'];
const ROUTES = ['route show table all', '-6 route show table all'];

const tables: Record<string, number> = { main: 254, local: 255, default: 253 };
const byItself = new Set(['kernel', 'ra']);

export function labKernelView(lab: Lab, host: string): KernelView {
  const exec = async (...argv: string[]) => {
    const { status, stdout, stderr } = await lab.exec(host, argv, { timeout: 60_000 });
    if (status !== 0) throw new Error(`${argv.join(' ')} on ${host}: status ${status}: ${stdout}${stderr}`);
    return stdout;
  };
  /** What `ip` answers to each question, by one process of the lab. */
  const answers = async (...questions: string[]) => {
    const script = questions.map((question) => `ip -j ${question}; echo; echo ${END}`).join('; ');
    const parts = (await exec('sh', '-c', script)).split(`${END}\n`);
    return questions.map((_, at) => JSON.parse(parts[at]?.trim() || '[]') as unknown[]);
  };
  /** Every file of a folder of settings, by name. */
  const settings = async (folder: string) => {
    const lines = (await exec('sh', '-c', `cd ${folder} && grep -s . * || true`)).split('\n');
    return Object.fromEntries(
      lines.filter((line) => line.includes(':')).map((line) => [before(line), line.slice(line.indexOf(':') + 1)]),
    );
  };
  const view: KernelView = {
    async links() {
      const [links = []] = await answers(LINKS);
      return new Map((links as IpLink[]).map(shown).map((link) => [link.name, link]));
    },
    async link(name) {
      return linkOf(await view.links(), name);
    },
    async bond(name) {
      const { slaves = '', active_slave = '', ...options } = await settings(`/sys/class/net/${name}/bonding`);
      return {
        options: Object.fromEntries(Object.entries(options).map(([option, value]) => [option, number(value)])),
        slaves: slaves.split(' ').filter(Boolean).sort(),
        activeSlave: active_slave === '' ? null : active_slave,
      };
    },
    bridge: (name) => settings(`/sys/class/net/${name}/bridge`),
    async classes(device) {
      const lines = (await exec('tc', 'class', 'show', 'dev', device)).split('\n');
      const found = lines.flatMap((line) => {
        const minor = /^class hfsc 1389:([0-9a-f]+) parent/.exec(line)?.[1];
        return minor === undefined ? [] : [[minor, classOf(line)] as const];
      });
      return Object.fromEntries(found);
    },
    async offload(nic, name) {
      const label = { tx: 'tx-checksumming', gso: 'generic-segmentation-offload' }[name] ?? name;
      const lines = (await exec('ethtool', '-k', nic)).split('\n');
      const value = lines.find((line) => line.startsWith(`${label}: `))?.split(/:? /)[1];
      return value === 'on' || value === 'off' ? value : undefined;
    },
    async virtualFunctions(nic) {
      const file = `/sys/class/net/${nic}/device/sriov_numvfs`;
      const text = (await exec('sh', '-c', `cat ${file} 2>/dev/null || true`)).trim();
      return text === '' ? null : Number(text);
    },
    async sysctl(key) {
      return (await exec('sh', '-c', `cat /proc/sys/${key} 2>/dev/null || true`)).trim() || null;
    },
    async rules() {
      return (await answers(...RULES)).flat().flatMap((rule) => shownRule(rule as IpRule));
    },
    async routes() {
      return (await answers(...ROUTES)).flat().flatMap((route) => shownRoute(route as IpRoute));
    },
    async nameservers() {
      const lines = (await exec('sh', '-c', 'cat /etc/resolv.conf 2>/dev/null || true')).split('\n');
      return lines.flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []);
    },
    async reaches(address) {
      // Devices were made a moment ago: ports and neighbours need to learn, and IPv6 asks whether its address is free.
      const asks = `for i in 1 2 3 4 5 6 7 8 9 10; do ping -c1 -W1 ${address} && exit; sleep 1; done; exit 1`;
      return (await lab.exec(host, ['sh', '-c', asks], { timeout: 60_000 })).status === 0;
    },
    async everything() {
      const [links = [], ...others] = await answers(LINKS, ...RULES, ...ROUTES);
      const shownLinks = (links as IpLink[]).map(shown).map(({ index: _, ...link }) => link);
      const rules = others.slice(0, RULES.length).flat();
      const routes = others.slice(RULES.length).flat();
      const everything = {
        links: shownLinks,
        rules: rules.flatMap((rule) => shownRule(rule as IpRule)),
        routes: routes.flatMap((route) => shownRoute(route as IpRoute)),
      };
      return JSON.stringify(everything, null, 1);
    },
    async byHand(...ops) {
      for (const op of ops) await exec('ip', ...ipLine(op).split(' '));
    },
    cable: (nic, state) => lab.cable(host, nic, state),
  };
  return view;
}

/** None for a rule that every kernel has. */
function shownRule(rule: IpRule): ShownRule[] {
  const [from, to, table] = [end(rule.src, rule.srclen), end(rule.dst, rule.dstlen), tableOf(rule.table)];
  return table < 253 || from !== null || to !== null ? [{ from, to, table }] : [];
}

/** None for a route that the kernel made by itself. */
function shownRoute({ table = 'main', dst, gateway, dev, protocol = '' }: IpRoute): ShownRoute[] {
  if (byItself.has(protocol) || table === 'local') return [];
  return [{ table: tableOf(table), destination: dst, gateway: gateway ?? null, device: dev ?? null }];
}

function shown(link: IpLink): ShownLink {
  const kind = link.linkinfo?.info_kind;
  return {
    name: link.ifname,
    index: link.ifindex,
    kind: kind === 'bond' || kind === 'vlan' || kind === 'bridge' ? kind : link.ifname === 'lo' ? 'other' : 'nic',
    up: link.flags.includes('UP'),
    mtu: link.mtu,
    mac: link.address,
    master: link.master ?? null,
    base: kind === 'vlan' ? (link.link ?? null) : null,
    vlan: kind === 'vlan' ? (link.linkinfo?.info_data?.id ?? null) : null,
    addresses: link.addr_info.filter((a) => a.scope !== 'link').map((a) => `${a.local}/${a.prefixlen}`),
  };
}

const units: Record<string, number> = { '': 1, K: 1e3, M: 1e6, G: 1e9 };

/** `… rt m1 0bit d 0us m2 9Mbit ls …`; `sc` is one curve for both. */
function classOf(line: string): ShownClass {
  const rate = (...names: string[]) => {
    const match = new RegExp(`(?:${names.join('|')}) m1 0bit d 0us m2 (\\d+)([KMG]?)bit`).exec(line);
    return match === null ? null : Number(match[1]) * (units[match[2] ?? ''] ?? 1);
  };
  return { linkshare: rate('ls', 'sc'), upperlimit: rate('ul'), realtime: rate('rt', 'sc') };
}

function before(line: string): string {
  return line.slice(0, line.indexOf(':'));
}

/** `active-backup 1` → `1` */
function number(value: string): string {
  return /^\S+ (\d+)$/.exec(value)?.[1] ?? value;
}

function tableOf(name: string): number {
  return tables[name] ?? Number(name);
}

function end(address: string | undefined, prefix: number | undefined): string | null {
  if (address === undefined || address === 'all') return null;
  return prefix === undefined ? address : `${address}/${prefix}`;
}
