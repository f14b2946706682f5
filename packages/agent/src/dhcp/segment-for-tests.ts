/**
 * A network segment for tests of leases and router advertisements: nics of this host, the other ends of their cables in a bridge of
 * another network namespace, and servers there. Runs on a lab host, as root.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { outputOf, run } from '../execute/spawn.ts';

const SPACE = 'segment';
const LIMIT = 20_000;
/** Lines of a server that tell what it was asked last. */
const LAST = 20;

/** What a server offers on the segment, untagged or on a VLAN: `10.9.<vlan>.0/24` and `2001:db8:<vlan>::/64`, itself `.1` and `::1`. */
export interface Service {
  vlan?: number;
  /** DHCPv4: addresses from .100, or from another start. */
  v4?: boolean | { from?: number; router?: string; servers?: string[] };
  /** Router advertisements: prefixes for SLAAC, or none; with DHCPv6 or without. */
  v6?: 'slaac' | 'dhcp' | 'both';
  /** Name servers of DHCPv6. */
  servers6?: string[];
}

export class Segment {
  readonly nics: readonly string[];
  readonly folder = mkdtempSync(join(tmpdir(), 'segment-'));
  readonly #servers = new Set<Server>();

  private constructor(nics: readonly string[]) {
    this.nics = nics;
  }

  static async make(nics: readonly string[], vlans: readonly number[] = []): Promise<Segment> {
    await run('ip', ['netns', 'del', SPACE], LIMIT);
    await say(['ip', 'netns', 'add', SPACE]);
    const address = (device: string, vlan: number) => [
      `addr add 10.9.${vlan}.1/24 dev ${device}`,
      `addr add 2001:db8:${vlan}::1/64 dev ${device} nodad`,
    ];
    await ipIn(SPACE, [
      'link set lo up',
      'link add br0 address 02:00:00:99:01:00 type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
      'link set br0 up',
      ...address('br0', 0),
      ...vlans.flatMap((vlan) => [
        `link add link br0 name br0.${vlan} type vlan id ${vlan}`,
        `link set br0.${vlan} up`,
        ...address(`br0.${vlan}`, vlan),
      ]),
    ]);
    await inside('sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1', 'net.ipv4.ip_forward=1');
    const segment = new Segment(nics);
    for (const nic of nics) await segment.plug(nic);
    return segment;
  }

  /** Makes a nic of the host and its cable; it goes with `link del`. */
  async plug(nic: string): Promise<void> {
    const at = this.nics.indexOf(nic);
    await ipIn('', [`link add ${nic} address 02:00:00:99:00:0${at} type veth peer name port${at} netns ${SPACE}`]);
    await ipIn(SPACE, [`link set port${at} master br0 up`]);
    await ipIn('', [`link set ${nic} up`]);
  }

  /** Runs `ip` on the far side. */
  ip(...lines: string[]): Promise<void> {
    return ipIn(SPACE, lines);
  }

  /** Runs a program on the far side. @throws when it fails */
  inside(...argv: string[]): Promise<void> {
    return inside(...argv);
  }

  /** Starts one server for all of these; it forgets nothing of what an earlier one leased unless told to. */
  serve(...services: Service[]): Promise<Server> {
    const advertises = services.some(({ v6 }) => v6 !== undefined);
    return this.serveBy(...services.flatMap(segmentOf), ...(advertises ? ['--enable-ra'] : []));
  }

  /** The same, by words of dnsmasq. */
  async serveBy(...words: string[]): Promise<Server> {
    const leases = `--dhcp-leasefile=${join(this.folder, 'leases')}`;
    const server = await Server.start(['dnsmasq', ...DNSMASQ, leases, ...words], 'started, version');
    this.#servers.add(server);
    return server;
  }

  /** A DHCPv4 server whose leases are as short as wanted, in seconds. */
  async serveShortly(seconds: number): Promise<Server> {
    const config = join(this.folder, 'udhcpd.conf');
    const lines = [
      'start 10.9.0.50',
      'end 10.9.0.60',
      'interface br0',
      `lease_file ${this.folder}/short`,
      `pidfile ${this.folder}/pid`,
    ];
    const options = ['subnet 255.255.255.0', 'router 10.9.0.1', `lease ${seconds}`].map((option) => `option ${option}`);
    writeFileSync(join(this.folder, 'short'), '');
    writeFileSync(config, `${[...lines, ...options, 'min_lease 1'].join('\n')}\n`);
    const server = await Server.start(['busybox', 'udhcpd', '-f', config], 'started');
    this.#servers.add(server);
    return server;
  }

  /** What each server said last. */
  lastWords(): string[] {
    return [...this.#servers].flatMap(({ lines }) => lines.slice(-LAST));
  }

  /** Ends every server and forgets what they leased. */
  async silence(): Promise<void> {
    for (const server of this.#servers) await server.stop();
    this.#servers.clear();
    rmSync(join(this.folder, 'leases'), { force: true });
  }

  async end(): Promise<void> {
    await this.silence();
    await run('ip', ['netns', 'del', SPACE], LIMIT);
    for (const nic of this.nics) await run('ip', ['link', 'del', nic], LIMIT);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A DHCP server and what it has said. */
export class Server {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #output: Interface;

  private constructor(process: ChildProcess, output: Interface) {
    this.#process = process;
    this.#output = output;
  }

  /** @param said part of the line by which it listens */
  static async start(argv: readonly string[], said: string): Promise<Server> {
    const child = spawn('ip', ['netns', 'exec', SPACE, ...argv], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    const output = createInterface({ input: child.stderr });
    const server = new Server(child, output);
    const ready = new Promise<void>((resolve, reject) => {
      output.on('line', (line) => {
        server.lines.push(line);
        if (line.includes(said)) resolve();
      });
      child.once('exit', () => reject(new Error(`${argv[0]} ended: ${server.lines.join('\n')}`)));
    });
    await ready;
    return server;
  }

  /** Lines with all of these words. */
  said(...words: string[]): string[] {
    return this.lines.filter((line) => words.every((word) => line.includes(word)));
  }

  /** Resolves when there is a line with this word. */
  async says(word: string): Promise<void> {
    const signal = AbortSignal.timeout(LIMIT);
    while (this.said(word).length === 0) await once(this.#output, 'line', { signal });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}

const DNSMASQ = [
  ...['--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--port=0', '--user=root', '--pid-file='],
  ...['--bind-interfaces', '--no-ping', '--dhcp-authoritative', '--log-dhcp'],
];

function segmentOf({ vlan = 0, v4 = false, v6, servers6 }: Service): string[] {
  const device = vlan === 0 ? 'br0' : `br0.${vlan}`;
  const [net4, net6] = [`10.9.${vlan}`, `2001:db8:${vlan}:`];
  const { from = 100, router = `${net4}.1`, servers = [`${net4}.1`] } = v4 === true ? {} : v4 || {};
  const ranges = {
    slaac: `${net6}:,ra-only,64,2m`,
    dhcp: `${net6}:100,${net6}:1ff,64,2m`,
    both: `${net6}:100,${net6}:1ff,slaac,64,2m`,
  };
  return [
    `--interface=${device}`,
    ...(v4 === false
      ? []
      : [
          `--dhcp-range=set:v${vlan},${net4}.${from},${net4}.${from + 50},255.255.255.0,2m`,
          `--dhcp-option=tag:v${vlan},option:router,${router}`,
          `--dhcp-option=tag:v${vlan},option:dns-server,${servers.join(',')}`,
        ]),
    ...(v6 === undefined ? [] : [`--dhcp-range=set:s${vlan},${ranges[v6]}`, `--ra-param=${device},5,60`]),
    ...(servers6 === undefined
      ? []
      : [`--dhcp-option=tag:s${vlan},option6:dns-server,${servers6.map((server) => `[${server}]`).join(',')}`]),
  ];
}

async function ipIn(space: string, lines: readonly string[]): Promise<void> {
  for (const line of lines) await say(['ip', ...(space === '' ? [] : ['-n', space]), ...line.split(' ')]);
}

function inside(...argv: string[]): Promise<void> {
  return say(['ip', 'netns', 'exec', SPACE, ...argv]);
}

async function say([program = '', ...args]: readonly string[]): Promise<void> {
  const { status, stderr } = await run(program, args, LIMIT);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

/** What a program on the far side prints. */
export function heardInside(...argv: string[]): Promise<string> {
  return outputOf('ip', ['netns', 'exec', SPACE, ...argv], LIMIT);
}
