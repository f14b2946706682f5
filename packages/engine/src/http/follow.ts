/**
 * `follow=nics,network_attachments.network`: links of an answer are replaced by what is at their address, answered by the
 * same handler that serves it (wire 1.5). Nothing here knows a type: the tables say which members lead where.
 */
import { rels, type TypeName, typeTable } from '@patchbay/wire';
import { invalid, Problem } from '../problem.ts';
import { Query } from './address.ts';
import type { Answer, ApiRequest } from './api.ts';
import type { RouteTable } from './route-table.ts';

/** Names to follow, and below each those to follow there. */
export type Follow = Map<string, Follow>;

/** Links lead in circles, and every step multiplies what is answered. */
const deepest = 6;
/**
 * Entities that one answer gets by following: six nics of each of ten thousand hosts, and then some. Of twice as many the JSON
 * comes near the longest string that there can be.
 */
const most = 100_000;

type Loose = Record<string, unknown>;

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** @param text as in the request @returns null when it follows nothing */
export function parseFollow(text: string | null): Follow | null {
  const all: Follow = new Map();
  for (const path of (text ?? '').split(',')) {
    let here = all;
    for (const name of path.split('.').map((part) => plain(part.trim()))) {
      if (name === '') continue;
      const below: Follow = here.get(name) ?? new Map();
      here.set(name, below);
      here = below;
    }
  }
  return all.size === 0 ? null : all;
}

/** Says which name leads nowhere, before anything is read: it is wrong of an empty collection too. */
export function checkFollow(type: TypeName, follow: Follow, depth = 1): Problem | null {
  if (follow.size > 0 && depth > deepest) return invalid('FOLLOW', `Links can be followed ${deepest} deep at most.`);
  const known = rels(type);
  for (const [name, below] of follow) {
    const rel = known.find((r) => plain(r.member) === name || plain(r.rel) === name);
    const unserved = typeTable(type).ignored?.some((member) => plain(member) === name) ?? false;
    if (rel === undefined && !unserved) {
      const members = known.map((r) => r.member).join(', ');
      return invalid('FOLLOW', `${type} has no link ${name} to follow; there are: ${members}.`);
    }
    const problem = rel === undefined ? null : checkFollow(rel.type, below, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

/** Everything that is followed for one request. */
interface Walk {
  table: RouteTable;
  request: ApiRequest;
  /** Entities that have been put into the answer. */
  count: number;
}

/** Thrown where a walk comes to more than it may, and caught where it began. */
class TooMuch extends Error {}

/**
 * @returns the answer with the links opened; what is gone meanwhile, or served by nobody, stays a link. A problem when there is
 * more behind the links than one answer can have
 */
export async function follow(
  table: RouteTable,
  request: ApiRequest,
  answer: Answer,
  names: Follow,
): Promise<Answer | Problem> {
  try {
    return await opened({ table, request, count: 0 }, answer, names);
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    const text = `More than ${most} objects are behind these links; follow fewer of them, or ask for less with search or max.`;
    return invalid('FOLLOW', text);
  }
}

async function opened(walk: Walk, answer: Answer, names: Follow): Promise<Answer> {
  const open = (value: object) => openedEntity(walk, answer.type, value as Loose, names);
  if ('items' in answer) return { ...answer, items: await Promise.all(answer.items.map(open)) };
  return { ...answer, value: await open(answer.value) };
}

async function openedEntity(walk: Walk, type: TypeName, entity: Loose, names: Follow) {
  const result = { ...entity };
  for (const { member, rel, to } of rels(type)) {
    const below = names.get(plain(member)) ?? names.get(plain(rel));
    const href = below && (to === 'entity' ? hrefOf(entity[member]) : linkOf(entity, rel));
    if (below === undefined || href === undefined) continue;
    const read = await readAt(walk, href, below);
    if (read === null) continue;
    if ('items' in read) result[member] = read.items;
    else result[member] = read.value;
  }
  return result;
}

const hrefOf = (link: unknown): string | undefined => (link as { href?: string } | undefined)?.href;

function linkOf(entity: Loose, rel: string): string | undefined {
  const links = entity['link'] as { rel: string; href: string }[] | undefined;
  return links?.find((link) => link.rel === rel)?.href;
}

async function readAt(walk: Walk, href: string, names: Follow): Promise<Answer | null> {
  const { table, request } = walk;
  const served = href.startsWith(request.base) ? table.find(href.slice(request.base.length)) : null;
  if (served === null) return null;
  const { route, params } = served;
  // Many entities may lead to the same one.
  const read = await request.once(`GET ${href}`, () => route.handle({ ...request, params, query: new Query('') }));
  if (read instanceof Problem) return null;
  walk.count += 'items' in read ? read.items.length : 1;
  if (walk.count > most) throw new TooMuch();
  return names.size === 0 ? read : opened(walk, read, names);
}
