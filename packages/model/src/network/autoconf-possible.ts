/** Whether a host may have its IPv6 addresses by autoconfiguration; that of el8 is too old for it. @param kernel `uname -r` */
export function autoconfPossible(kernel: string): boolean {
  return !kernel.includes('el8');
}
