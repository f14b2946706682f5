/** The devices that stand on each other, from the one that holds an address down to the wire. */

interface Standing {
  name: string;
  master?: string | null;
  base: string | null;
  /** Virtual functions: the nic whose hardware they share. */
  sriov?: { pf: string | null } | undefined;
}

/** The device and everything that it needs to carry a frame: a VLAN's base, a bridge's ports, a bond's members, a function's nic. */
export function chainBelow(links: Iterable<Standing>, device: string): Set<string> {
  const all = [...links];
  const bases = new Map(all.map(({ name, base, sriov }) => [name, base ?? sriov?.pf]));
  const ports = new Map<string, string[]>();
  for (const { name, master } of all)
    if (typeof master === 'string') ports.set(master, [...(ports.get(master) ?? []), name]);
  const chain = new Set<string>();
  const visit = (name: string): void => {
    if (chain.has(name)) return;
    chain.add(name);
    for (const port of ports.get(name) ?? []) visit(port);
    const base = bases.get(name);
    if (typeof base === 'string') visit(base);
  };
  visit(device);
  return chain;
}

/** Height above the wire: what a link stands on comes before it. */
export function heights(links: Iterable<Standing>): (name: string) => number {
  const all = [...links];
  const below = new Map<string, string[]>();
  const stand = (upper: string, lower: string) => below.set(upper, [...(below.get(upper) ?? []), lower]);
  for (const { name, base, master } of all) {
    if (base !== null) stand(name, base);
    if (typeof master === 'string') stand(master, name);
  }
  const known = new Map<string, number>();
  const height = (name: string): number => {
    const found = known.get(name);
    if (found !== undefined) return found;
    known.set(name, 0);
    const value = 1 + Math.max(-1, ...(below.get(name) ?? []).map(height));
    known.set(name, value);
    return value;
  };
  return height;
}
