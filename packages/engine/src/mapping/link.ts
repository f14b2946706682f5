/**
 * Hrefs and the links of an entity. An href is an absolute path that starts with the base the client used. Members stand in the
 * order in which they are written, here and in the other mappings: what stands so is written quickest.
 */

export interface WireLink {
  href: string;
  rel: string;
}

export function reference(base: string, collection: string, id: string): { href: string; id: string } {
  return { href: `${base}/${collection}/${id}`, id };
}

/** Sub-collection links; a rel is also the last segment of its path. */
export function links(href: string, rels: readonly string[]): WireLink[] {
  return rels.map((rel) => ({ href: `${href}/${rel}`, rel }));
}

export function actions(href: string, rels: readonly string[]): { actions: { link: WireLink[] } } {
  return { actions: { link: links(href, rels) } };
}
