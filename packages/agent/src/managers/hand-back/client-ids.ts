/** Under which identities networks have their leases: another client can only go on with a lease when it sends the same. */
import { networkOf } from '../../dhcp/file-name.ts';
import { namesIn, readOrNull } from '../files.ts';

/** @returns option 61 in hex, by network; those that are not known are absent */
export function clientIds(stateDirectory: string): Record<string, string> {
  const folder = `${stateDirectory}/dhcp/networks`;
  const known = namesIn(folder).flatMap((name) => {
    const text = name.endsWith('.json') ? readOrNull(`${folder}/${name}`) : null;
    const id = text === null ? undefined : (JSON.parse(text) as { clientId?: string }).clientId;
    return id === undefined ? [] : [[networkOf(name.slice(0, -'.json'.length)), id] as const];
  });
  return Object.fromEntries(known);
}
