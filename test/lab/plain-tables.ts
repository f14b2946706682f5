/** Routing tables of ours have numbers that are given anew after a boot: for a comparison they are called by the order in which they come. */
export function plainTables(text: string): string {
  const names = new Map<string, string>();
  return text.replace(/\b133103\d{4}\b/g, (table) => {
    const name = names.get(table) ?? `ours${names.size}`;
    names.set(table, name);
    return name;
  });
}
