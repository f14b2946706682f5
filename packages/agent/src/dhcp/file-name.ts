/** A network's name as a part of the name of a file: it may be any text where the network has no bridge. */

/** Between the parts of such a name; {@link fileName} leaves none in them. */
export const SEPARATOR = '~';

export function fileName(network: string): string {
  return encodeURIComponent(network).replaceAll(SEPARATOR, '%7E').replace(/^\./, '%2E');
}

/** @param name as {@link fileName} made it */
export function networkOf(name: string): string {
  return decodeURIComponent(name);
}
