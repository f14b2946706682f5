/**
 * Routing tables for source routing: one for each network that has addresses. Which is whose stands in the mark of the device
 * that has the addresses, so it is read back from the kernel, survives every file, and is taken back with everything else.
 */
import type { HostConfig, LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { FIRST_TABLE, readAlias } from '../observe/ownership.ts';

/**
 * A network keeps its table wherever it goes; a new one gets the first that nothing in the kernel uses. Numbers computed from
 * names, as oVirt hosts have them, meet: all VLANs of one bond share fewer than nine hundred.
 */
export class SourceTables {
  readonly #holders = new Map<string, LinkReport>();
  readonly #known = new Map<string, number>();
  readonly #used: Set<number>;

  constructor(state: Pick<KernelState, 'links' | 'routes' | 'rules'>, config: Pick<HostConfig, 'networks'>) {
    this.#used = new Set([...state.rules, ...state.routes].map(({ table }) => table));
    for (const link of state.links) {
      const mark = readAlias(link.alias);
      const network = networkOf(mark);
      if (mark === null || mark.table === null || network === null) continue;
      this.#used.add(mark.table);
      this.#holders.set(network, link);
      // Of two networks that a foreign hand gave the same mark, one has to move.
      const taken = [...this.#known].some(([other, table]) => table === mark.table && other !== network);
      if (config.networks[network] !== undefined && !taken) this.#known.set(network, mark.table);
    }
  }

  /** The table of a network that needs one. */
  of(network: string): number {
    const known = this.#known.get(network);
    if (known !== undefined) return known;
    let table = FIRST_TABLE;
    while (this.#used.has(table)) table++;
    this.#used.add(table);
    this.#known.set(network, table);
    return table;
  }

  /** The table of a network that has been given one. */
  known(network: string): number | null {
    return this.#known.get(network) ?? null;
  }

  /** The device that has the network's addresses now, by its mark. */
  holderOf(network: string): LinkReport | undefined {
    return this.#holders.get(network);
  }
}

/** The network whose addresses are on a device with this mark. */
function networkOf(mark: ReturnType<typeof readAlias>): string | null {
  if (mark === null) return null;
  return mark.kind === 'bridge' || mark.kind === 'vlan' ? mark.name : mark.holder;
}
