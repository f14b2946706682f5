import type { GuestConfig } from '../contract.ts';
import { hostName, nicMac, nicName, portMac, portName, subnet, switchAddress, switchMac } from './addresses.ts';
import { ip, ipAnyway } from './run.ts';

/** Jumbo frames pass the switch; a host decides its own MTU. */
const portMtu = 9216;

/**
 * The switch is labd's own network namespace: one bridge that looks at no tag, so every port is a trunk of all VLANs.
 */
export class Switch {
  /** Members of each LAG, by the name of its bond. */
  readonly #lags = new Map<string, readonly string[]>();
  readonly #nics: readonly string[];

  constructor(config: Pick<GuestConfig, 'nics'>) {
    this.#nics = Array.from({ length: config.nics }, (_, nic) => nicName(nic));
  }

  async start(vlans: readonly number[]): Promise<void> {
    await ip([
      'link set lo up',
      `link add br0 address ${switchMac} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
      'link set br0 mtu 1500 up',
      `addr add ${switchAddress}/24 dev br0`,
      ...vlans.flatMap((vlan) => [
        `link add link br0 name br0.${vlan} type vlan id ${vlan}`,
        `addr add ${subnet(vlan)}.1/24 dev br0.${vlan}`,
        `link set br0.${vlan} up`,
      ]),
    ]);
  }

  /** Puts one end of each cable into the network namespace of `pid` and plugs the other in. */
  async connect(host: number, pid: number): Promise<void> {
    await ip(
      this.#nics.flatMap((nic, index) => {
        const port = portName(hostName(host), nic);
        return [
          `link add ${nic} netns ${pid} address ${nicMac(host, index)} type veth peer name ${port} address ${portMac(host, index)}`,
          `link set ${port} mtu ${portMtu} group ${host} master br0 up`,
        ];
      }),
    );
  }

  /** Takes the cables of a host away, all at once; returns when both their ends are gone. */
  async disconnect(host: number): Promise<void> {
    await this.lag(hostName(host), []);
    // The kernel takes them away by itself, some time after the last process of the host: whoever comes first.
    await ipAnyway([`link del group ${host}`]);
  }

  async cable(host: string, nic: string, state: 'cut' | 'mend'): Promise<void> {
    await ip([`link set ${portName(host, nic)} ${state === 'cut' ? 'down' : 'up'}`]);
  }

  /** Makes an LACP bond of a host's ports, taking them from other bonds; no ports dissolves all bonds of the host. */
  async lag(host: string, nics: readonly string[]): Promise<void> {
    const ports = nics.map((nic) => portName(host, nic));
    const leaving = [...this.#lags].filter(
      ([, members]) =>
        members.some((port) => port.startsWith(`${host}-`)) &&
        (ports.length === 0 || members.some((port) => ports.includes(port))),
    );
    const [first] = nics;
    const lines = leaving.flatMap(([bond, members]) => [
      `link del ${bond}`,
      ...members.filter((port) => !ports.includes(port)).map((port) => `link set ${port} master br0 up`),
    ]);
    if (first !== undefined) {
      const bond = `lag-${portName(host, first)}`;
      lines.push(
        `link add ${bond} type bond mode 802.3ad miimon 100 lacp_rate fast xmit_hash_policy layer2+3`,
        ...ports.flatMap((port) => [`link set ${port} nomaster down`, `link set ${port} master ${bond}`]),
        `link set ${bond} mtu ${portMtu} master br0 up`,
      );
    }
    if (lines.length > 0) await ip(lines);
    for (const [bond] of leaving) this.#lags.delete(bond);
    if (first !== undefined) this.#lags.set(`lag-${portName(host, first)}`, ports);
  }
}
