let order: Intl.Collator | undefined;

/** Natural order of device names: eth2 before eth10. */
export function byName(a: string, b: string): number {
  // Made when it is first wanted, and once: what is known of the order of a language takes long to read.
  order ??= new Intl.Collator('en', { numeric: true });
  return order.compare(a, b);
}
