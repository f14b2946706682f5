/** Ways to look at a kernel that are not the agent's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../../kernel.ts';
import type { KernelEvent } from './watch.ts';

export function link(state: KernelState, name: string): LinkReport {
  const found = state.links.find((one) => one.name === name);
  assert.ok(found, `${name} is missing`);
  return found;
}

export const exists = (state: KernelState, name: string): boolean => state.links.some((one) => one.name === name);

/** Names of a bridge's or bond's ports, in order. */
export const portsOf = (state: KernelState, name: string): string[] =>
  state.links.flatMap((one) => (one.master === name ? [one.name] : [])).sort();

/** With prefixes, in order; without those that the kernel gives a link by itself. */
export const addressesOf = (state: KernelState, name: string): string[] =>
  link(state, name)
    .addresses.flatMap(({ origin, address, prefix }) => (origin === 'kernel' ? [] : [`${address}/${prefix}`]))
    .sort();

/** A file of `/sys/class/net/<device>/`. */
export const sysfs = (device: string, file: string): string =>
  readFileSync(`/sys/class/net/${device}/${file}`, 'utf8').trim();

/** How often the device has lost its carrier. */
export const carrierLosses = (device: string): number => Number(sysfs(device, 'carrier_down_count'));

export const linkEvents = (events: readonly KernelEvent[], device: string): string[] =>
  events.flatMap((event) => (event.kind === 'link' && event.device === device ? [event.text] : []));
