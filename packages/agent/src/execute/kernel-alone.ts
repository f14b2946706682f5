/** The kernel and nothing beside it: no DHCP client is started and nobody is told of name servers. For tests and measurements. */
import { LinuxKernel, type LinuxKernelParts } from './linux-kernel.ts';

export function kernelAlone(parts: Partial<LinuxKernelParts> = {}): LinuxKernel {
  const nothing = async (): Promise<void> => {};
  return new LinuxKernel({
    dhcp: { start: nothing, stop: nothing, current: () => [], available: () => ({ dhcp4: true, dhcp6: true }) },
    resolver: { read: async () => ({ nameservers: [] }), set: nothing, restore: nothing },
    ...parts,
  });
}
