/** What commands print: tables and lines for people, JSON for programs. */

/** Names and texts come from hosts and from other people: nothing in them may steer the terminal. */
export const harmless = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, '\ufffd');

export type Cell = string | number | boolean | undefined;

const shown = (cell: Cell): string => {
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return cell === undefined || cell === '' ? '-' : harmless(String(cell));
};

/** Columns of equal width, two blanks apart; what is not known is a dash. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const all = [head, ...rows.map((row) => row.map(shown))];
  const widths = head.map((_, at) => Math.max(...all.map((row) => [...(row[at] ?? '')].length)));
  return all.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd(),
  );
}

export function print(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** To the second, in UTC. */
export const timeText = (milliseconds: number | undefined): string | undefined =>
  milliseconds === undefined ? undefined : `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')}Z`;
