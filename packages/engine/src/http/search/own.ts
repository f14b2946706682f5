/**
 * What a table says under a name that a client chose; every object answers to `constructor` as well, which no table means.
 * @returns undefined when the table itself does not have the name
 */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
