/** Settings of ethtool that a nic shall have, and those that it had before anybody wanted others. */
import type { EthtoolValues } from '../observe/ethtool.ts';

/**
 * @param wanted by the config
 * @param before as the nic's mark remembers them
 * @param now as the nic shows them
 * @returns what shall be: what is wanted, and for what is wanted no longer the value from before; and what to remember
 */
export function ethtoolTarget(
  wanted: EthtoolValues,
  before: EthtoolValues,
  now: EthtoolValues,
): { target: EthtoolValues; originals: EthtoolValues } {
  const target: EthtoolValues = {};
  const originals: EthtoolValues = {};
  for (const [section, values] of Object.entries(before)) target[section] = { ...values };
  for (const [section, values] of Object.entries(wanted)) {
    target[section] = { ...target[section], ...values };
    for (const name of Object.keys(values)) {
      const original = before[section]?.[name] ?? now[section]?.[name];
      if (original !== undefined) originals[section] = { ...originals[section], [name]: original };
    }
  }
  return { target, originals };
}
