/**
 * Routing tables for source routing: one for each network that has addresses. Which is whose stands in the mark of the device
 * that has the addresses, so it is read back from the kernel, survives every file, and is taken back with everything else.
 */
import type { HostConfig, LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { FIRST_TABLE, type Mark, readAlias, shortened } from '../observe/ownership.ts';

/** A device whose mark names a table. */
interface Marked {
  link: LinkReport;
  table: number;
}

/**
 * A network keeps its table wherever it goes; a new one gets the first that nothing in the kernel uses. Numbers computed from
 * names, as oVirt hosts have them, meet: all VLANs of one bond share fewer than nine hundred.
 */
export class SourceTables {
  readonly #holders = new Map<string, LinkReport>();
  readonly #known = new Map<string, number>();
  readonly #given = new Set<number>();
  readonly #needed = new Set<string>();
  readonly #used: Set<number>;

  /** @param northbound network to the device that shall have its addresses */
  constructor(
    state: Pick<KernelState, 'links' | 'routes' | 'rules'>,
    config: Pick<HostConfig, 'networks'>,
    northbound: ReadonlyMap<string, string>,
  ) {
    this.#used = new Set([...state.rules, ...state.routes].map(({ table }) => table));
    const marked = new Map<string, Marked[]>();
    for (const link of state.links) {
      const mark = readAlias(link.alias);
      const network = mark === null ? null : networkOf(mark);
      if (mark?.table == null || network === null) continue;
      this.#used.add(mark.table);
      marked.set(network, [...(marked.get(network) ?? []), { link, table: mark.table }]);
    }
    const names = Object.keys(config.networks).map((network) => ({ network, key: shortened(network) }));
    // Names that fit no device may be cut to the same: what stays where it is is told by its device, before what moves.
    for (const { network, key } of names) {
      this.#hold(
        network,
        marked.get(key)?.find(({ link }) => link.name === northbound.get(network)),
      );
    }
    const held = new Set(this.#holders.values());
    for (const { network, key } of names) {
      if (this.#holders.has(network)) continue;
      const left = marked.get(key)?.find(({ link }) => !held.has(link));
      this.#hold(network, left);
      if (left !== undefined) held.add(left.link);
    }
  }

  #hold(network: string, marked: Marked | undefined): void {
    if (marked === undefined) return;
    this.#holders.set(network, marked.link);
    // Of two networks that a foreign hand gave the same mark, one has to move.
    if (this.#given.has(marked.table)) return;
    this.#given.add(marked.table);
    this.#known.set(network, marked.table);
  }

  /** The table of a network that needs one. */
  of(network: string): number {
    this.#needed.add(network);
    const known = this.#known.get(network);
    if (known !== undefined) return known;
    let table = FIRST_TABLE;
    while (this.#used.has(table)) table++;
    this.#used.add(table);
    this.#known.set(network, table);
    return table;
  }

  /** The table of a network if it needs one; one that it had is free when it does not any more. */
  needed(network: string): number | null {
    return this.#needed.has(network) ? (this.#known.get(network) ?? null) : null;
  }

  /** The device that has the network's addresses now, by its mark. */
  holderOf(network: string): LinkReport | undefined {
    return this.#holders.get(network);
  }
}

/** The network whose addresses are on a device with this mark, as far as its name fits. */
function networkOf({ kind, name, holder }: Mark): string | null {
  return kind === 'bridge' || kind === 'vlan' ? name : holder;
}
