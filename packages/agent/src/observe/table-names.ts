/**
 * Names of routing tables, which the administrators of hosts with several uplinks give (`200 isp2`) and which `ip` then shows instead
 * of the numbers. It can be told to show numbers, but shows those of everything else as well then, from the kinds of links to the
 * tags of VLANs, and not with every version in the same form.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { MAIN_TABLE } from '@patchbay/protocol';

/** Numbers of routing tables by name. */
export type TableNames = ReadonlyMap<string, number>;

/** The table of the host's own addresses, which is the kernel's. */
export const LOCAL_TABLE = 255;

/** What `ip` calls them where no file says otherwise. */
export const KERNEL_TABLES: TableNames = new Map([
  ['default', 253],
  ['main', MAIN_TABLE],
  ['local', LOCAL_TABLE],
]);

/** The distribution's, and what the administrator says over it. */
const FOLDERS = ['/usr/share/iproute2', '/etc/iproute2'];

/**
 * What the files of iproute2 say at this moment, with the kernel's tables.
 * @param folders of those files, the one that has the last word last; what is not there, or cannot be read, says nothing
 */
export function readTableNames(folders: readonly string[] = FOLDERS): Map<string, number> {
  const files = folders.flatMap((folder) => [`${folder}/rt_tables`, ...filesIn(`${folder}/rt_tables.d`)]);
  return new Map([...KERNEL_TABLES, ...files.flatMap((file) => parseTableNames(textOf(file)))]);
}

/** Lines with a number, in decimals or as `0xc8`, and a name; all else is skipped. */
export function parseTableNames(text: string): [name: string, table: number][] {
  return [...text.matchAll(/^[ \t]*(0x[0-9a-f]+|\d+)[ \t]+([^\s#]\S*)/gim)].map(([, table, name = '']) => [
    name,
    Number(table),
  ]);
}

function filesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.conf'));
    return names.map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
