import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError, which commander tells as a mistake of the command line */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** `name=value` into a list of such pairs. */
export function pair(text: string, before: { name: string; value: string }[]): { name: string; value: string }[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be NAME=VALUE.');
  return [...before, { name: text.slice(0, at), value: text.slice(at + 1) }];
}

/** An address with its prefix, `10.0.0.15/24`. */
export function addressWithPrefix(text: string): { address: string; netmask: string } {
  const [, address, netmask] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  if (address === undefined || netmask === undefined) throw new InvalidArgumentError('It must be ADDRESS/PREFIX.');
  return { address, netmask };
}
