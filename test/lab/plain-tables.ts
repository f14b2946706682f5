/** First of our routing tables, from which aliases count. */
const FIRST = 0x4f560000;

/** Routing tables of ours have numbers that are given anew after a boot: for a comparison they are called by the order in which they come. */
export function plainTables(text: string): string {
  const names = new Map<number, string>();
  return text.replace(/\b133103\d{4}\b|(?<=,table=)\d+/g, (digits) => {
    const table = Number(digits) < FIRST ? FIRST + Number(digits) : Number(digits);
    const name = names.get(table) ?? `ours${names.size}`;
    names.set(table, name);
    return name;
  });
}
