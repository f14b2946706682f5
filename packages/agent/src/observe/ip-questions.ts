/** What Patchbay asks `ip`: everything at once, or a part of it again. */
import type { LinkReport, RouteReport, RuleReport } from '@patchbay/protocol';
import { word } from '../execute/ip-line.ts';
import { hasIpv6 } from './device-settings.ts';
import { IpReader } from './ip-reader.ts';
import { parseLinks } from './links.ts';
import { OUR_PROTOCOL } from './ownership.ts';
import { parseRoutes, parseRules } from './routes.ts';
import { readTableNames, type TableNames } from './table-names.ts';

/** What `ip` tells of a kernel. */
export interface IpState {
  /** In the order of their index. */
  links: LinkReport[];
  routes: RouteReport[];
  rules: RuleReport[];
}

/** How the answer begins that is about the loopback, which has this index everywhere. */
const LOOPBACK = '[{"ifindex":1,';
/** Milliseconds for a few devices; more means that `ip` did not answer as expected. */
const PART_LIMIT = 3_000;

export class IpQuestions {
  readonly #ip: IpReader;
  readonly #ip6: IpReader;
  readonly #part: IpReader;
  /** With those that are in no file any more: a program that runs goes on calling tables by them. */
  readonly #tables = new Map<string, number>();

  /** @param environment of the programs */
  constructor(environment: Readonly<Record<string, string>>) {
    this.#ip = new IpReader(['-d', '-j'], environment);
    // The family of rules is chosen per program, not per question.
    this.#ip6 = new IpReader(['-6', '-d', '-j'], environment);
    // A device may be gone when it is asked for, which is an answer and no reason to end.
    this.#part = new IpReader(['-force', '-d', '-j'], environment, PART_LIMIT);
  }

  /** Two questions, however many links there are. @throws when the kernel cannot be read */
  async all(): Promise<IpState> {
    for (;;) {
      const state = await this.#askAll();
      const { names } = this.#ip;
      if (!state.links.some(({ index, name }) => (names.get(index) ?? name) !== name)) {
        for (const { index, name } of state.links) names.set(index, name);
        if (!isClosed(state)) this.#ip.forget();
        return state;
      }
      this.#ip.forget();
      this.#ip6.forget();
    }
  }

  async #askAll(): Promise<IpState> {
    const [[addresses = '', routes = '', rules4 = ''], [rules6 = '']] = await Promise.all([
      // Links first: the names of devices in the other answers come from what this one has seen.
      this.#ip.ask(['addr show', 'route show table all type unicast', 'rule show']),
      this.#rules6(),
    ]);
    const links = parseLinks(addresses);
    if (links.length === 0) throw new Error(`No links could be read: ip printed ${addresses.slice(0, 200)}`);
    const tables = this.#tablesNow();
    const rules = [...parseRules(rules4, 4, tables), ...parseRules(rules6, 6, tables)];
    return { links, routes: parseRoutes(routes, tables), rules };
  }

  /**
   * Some links, and whatever else may have changed.
   * @param names of links, which may be there no longer
   * @returns the links that are there, by their index. @throws when the answers are not understood
   */
  async some(
    names: readonly string[],
    { routes, rules }: { routes: boolean; rules: boolean },
  ): Promise<{ links: Map<number, LinkReport>; routes: RouteReport[] | null; rules: RuleReport[] | null }> {
    const devices = names.filter((name) => name !== 'lo').map((name) => `addr show dev ${word('device', name)}`);
    const questions = [
      ...(routes ? ['route show table all type unicast'] : []),
      ...(rules ? ['rule show'] : []),
      ...devices,
    ];
    const [answers, [rules6 = '']] = await Promise.all([
      // For a device that is not there, nothing is said: the loopback, which is always there, says that this was all.
      this.#part.askUntil([...questions, 'addr show dev lo'], LOOPBACK),
      rules ? this.#rules6() : [],
    ]);
    const tables = this.#tablesNow();
    const read = {
      routes: routes ? parseRoutes(answers.shift() ?? '', tables) : null,
      rules: rules ? [...parseRules(answers.shift() ?? '', 4, tables), ...parseRules(rules6, 6, tables)] : null,
    };
    return { ...read, links: new Map(answers.flatMap(parseLinks).map((link) => [link.index, link])) };
  }

  /** Neighbours of IPv6 on every device, as `ip` tells them. @throws when they cannot be read */
  async neighbours6(): Promise<string> {
    const [answer = ''] = await this.#ip6.ask(['neigh show']);
    return answer;
  }

  #tablesNow(): TableNames {
    for (const [name, table] of readTableNames()) this.#tables.set(name, table);
    return this.#tables;
  }

  /** A kernel without IPv6 refuses the question. */
  #rules6(): Promise<string[]> {
    return hasIpv6() ? this.#ip6.ask(['rule show']) : Promise.resolve([]);
  }

  /**
   * Makes the kernel tell of a thing that nobody uses, after everything that has happened before: a next hop of that id is made
   * and removed.
   */
  async ring(id: number): Promise<void> {
    await this.#part.tell([`nexthop add id ${id} blackhole protocol ${OUR_PROTOCOL}`, `nexthop del id ${id}`]);
  }

  /** Has programs wait for the next question. */
  stay(): void {
    for (const reader of [this.#ip, this.#ip6, this.#part]) reader.stay();
  }

  /** What answers for {@link some} and {@link neighbours6} next remembers no names. */
  forget(): void {
    this.#part.forget();
    this.#ip6.forget();
  }

  close(): void {
    for (const reader of [this.#ip, this.#ip6, this.#part]) reader.close();
  }
}

/** Whether every device that is named has told its name itself; one that has not was looked up, and that would be remembered. */
function isClosed({ links, routes }: IpState): boolean {
  const names = new Set(links.map(({ name }) => name));
  const named = [...links.flatMap(({ master, base }) => [master, base]), ...routes.map(({ device }) => device)];
  return named.every((name) => name === null || names.has(name));
}
