/** Everything of some kinds, read once for one search, with the look-ups that related objects need. */
import type { Document, DocumentKind, Reader } from '../../store/index.ts';

export class Lists {
  readonly #all = new Map<DocumentKind, unknown[]>();
  readonly #ids = new Map<DocumentKind, ReadonlyMap<string, unknown>>();
  readonly #groups = new Map<string, ReadonlyMap<string, unknown[]>>();

  static async read(store: Reader, kinds: Iterable<DocumentKind>): Promise<Lists> {
    const lists = new Lists();
    for (const kind of new Set(kinds)) lists.#all.set(kind, await store.list(kind));
    return lists;
  }

  all<K extends DocumentKind>(kind: K): Document<K>[] {
    const all = this.#all.get(kind);
    if (all === undefined) throw new Error(`A search looks at ${kind} without having said so.`);
    return all as Document<K>[];
  }

  byId<K extends DocumentKind>(kind: K, id: string): Document<K> | undefined {
    const known = this.#ids.get(kind) ?? new Map(this.all(kind).map((d) => [(d as { id: string }).id, d]));
    this.#ids.set(kind, known);
    return known.get(id) as Document<K> | undefined;
  }

  /** Those whose member has that value. */
  where<K extends DocumentKind>(kind: K, member: keyof Document<K> & string, value: string): Document<K>[] {
    const name = `${kind} ${member}`;
    const known = this.#groups.get(name) ?? this.#group(kind, member);
    this.#groups.set(name, known);
    return (known.get(value) ?? []) as Document<K>[];
  }

  #group<K extends DocumentKind>(kind: K, member: keyof Document<K>): ReadonlyMap<string, unknown[]> {
    const groups = new Map<string, unknown[]>();
    for (const document of this.all(kind)) {
      const value = String(document[member]);
      const group = groups.get(value) ?? [];
      group.push(document);
      groups.set(value, group);
    }
    return groups;
  }
}
