/** Which neighbours a host is known to have, and what is news about them. Pure. */
import type { LinkReport, LldpElement, LldpNeighbours } from '@patchbay/protocol';
import { type Happened, networkOf } from './events.ts';

export class KnownNeighbours {
  readonly #patience: number;
  /** By nic, in words. */
  readonly #known = new Map<string, string>();
  /** Since when those have not been heard that are known. */
  readonly #silent = new Map<string, number>();
  #since: number;

  /**
   * @param patience milliseconds that a neighbour may be silent, as one is when its cable or lldpd was away for a moment: that the
   * carrier is lost is told at once by other means
   * @param now milliseconds, of the same clock as all that follow
   */
  constructor(patience: number, now: number) {
    this.#patience = patience;
    this.#since = now;
  }

  /** Whoever listens does so from now on only, and has yet to hear those that there are. */
  begin(now: number): void {
    this.#since = now;
    this.#silent.clear();
  }

  /** @returns what is news, and when silence becomes news, unless somebody is heard before; null for never */
  heard(
    { nics }: LldpNeighbours,
    links: readonly LinkReport[],
    now: number,
  ): { events: Happened[]; next: number | null } {
    const events: Happened[] = [];
    const tell = (nic: string, before: string | null, after: string | null) => {
      const link = links.find(({ name }) => name === nic);
      const network = link === undefined ? null : networkOf(link);
      events.push({ kind: 'lldp.changed', device: nic, network, before, after });
    };
    for (const link of links) {
      const elements = link.kind === 'nic' ? (nics[link.name] ?? []) : [];
      if (elements.length === 0) continue;
      const after = inWords(elements);
      const before = this.#known.get(link.name) ?? null;
      this.#silent.delete(link.name);
      this.#known.set(link.name, after);
      // Those that were there before anybody listened are no news.
      if (before !== after && (before !== null || now - this.#since >= this.#patience)) tell(link.name, before, after);
    }
    for (const [nic, before] of this.#known) {
      if ((nics[nic] ?? []).length > 0) continue;
      const since = this.#silent.get(nic) ?? now;
      this.#silent.set(nic, since);
      if (now - since < this.#patience) continue;
      this.#known.delete(nic);
      this.#silent.delete(nic);
      tell(nic, before, null);
    }
    const next = this.#silent.size === 0 ? null : Math.min(...this.#silent.values()) + this.#patience;
    return { events, next };
  }
}

const CHASSIS = 1;

/** Who they are, and on which of their ports: what else they tell may change all the time. */
function inWords(elements: readonly LldpElement[]): string {
  const starts = elements.flatMap(({ type }, at) => (type === CHASSIS ? [at] : []));
  return starts.map((start, at) => oneInWords(elements.slice(start, starts[at + 1]))).join(' and ');
}

function oneInWords(elements: readonly LldpElement[]): string {
  const said = Object.assign({}, ...elements.map(({ properties }) => properties)) as Partial<Record<string, string>>;
  const name = said['system name'] ?? said['chassis ID'] ?? 'somebody';
  const byMac = said['port ID subtype'] === 'MAC';
  const port = (byMac ? said['port description'] : undefined) ?? said['port ID'] ?? 'unknown';
  return `${name}, port ${port}`;
}
