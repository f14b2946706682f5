import type { MemoryKernel } from '@patchbay/lab';
import { bondOptionValue } from '@patchbay/model';
import { type KernelView, linkOf } from './kernel-view.ts';

/** Tables the kernel keeps for itself: `local`. */
const LOCAL = 255;

/** What a kernel starts with; a report shows only what was set. */
const unset = {
  ...{ 'ipv6/accept_ra': '1', 'ipv6/accept_ra_defrtr': '1', 'ipv6/autoconf': '1', 'ipv6/keep_addr_on_down': '0' },
  ...{ 'ipv4/rp_filter': '0', 'ipv4/arp_ignore': '0', 'ipv4/arp_announce': '0', 'ipv4/promote_secondaries': '0' },
};

export function memoryKernelView(kernel: MemoryKernel): KernelView {
  const view: KernelView = {
    async links() {
      const { links } = await kernel.observe();
      return new Map(
        links.map(({ name, index, kind, adminUp, mtu, mac, master, base, vlan, addresses }) => [
          name,
          {
            ...{ name, index, kind, mtu, master, base, vlan },
            up: adminUp,
            mac: mac ?? '',
            addresses: addresses.filter((a) => a.scope !== 'link').map((a) => `${a.address}/${a.prefix}`),
          },
        ]),
      );
    },
    async link(name) {
      return linkOf(await view.links(), name);
    },
    async bond(name) {
      const bond = (await kernel.observe()).links.find((link) => link.name === name)?.bond;
      if (bond == null) throw new Error(`The kernel has no bond ${name}.`);
      const options = Object.entries(bond.options).map(([option, value]) => [option, bondOptionValue(option, value)]);
      return { options: Object.fromEntries(options), slaves: [...bond.slaves].sort(), activeSlave: bond.activeSlave };
    },
    async bridge(name) {
      const bridge = (await kernel.observe()).links.find((link) => link.name === name)?.bridge;
      if (bridge == null) throw new Error(`The kernel has no bridge ${name}.`);
      return { ...bridge.options, stp_state: bridge.stp ? '1' : '0' };
    },
    async classes(device) {
      const shaping = (await kernel.observe()).links.find((link) => link.name === device)?.shaping;
      return Object.fromEntries(
        (shaping?.classes ?? []).map(({ minor, linkshare, upperlimit, realtime }) => [
          minor.toString(16),
          { linkshare, upperlimit, realtime },
        ]),
      );
    },
    async offload(nic, name) {
      const shown = (await kernel.observe()).links.find((link) => link.name === nic)?.ethtool?.['features']?.[name];
      return shown === 'on' || shown === 'off' ? shown : undefined;
    },
    async virtualFunctions(nic) {
      return (await kernel.observe()).links.find((link) => link.name === nic)?.sriov?.current ?? null;
    },
    async sysctl(key) {
      const [, family, , device, setting] = key.split('/');
      const link = (await kernel.observe()).links.find((one) => one.name === device);
      if (setting === 'disable_ipv6') return link === undefined ? null : link.ipv6Disabled ? '1' : '0';
      return link?.sysctls?.[`${family}/${setting}`] ?? null;
    },
    async rules() {
      const { rules } = await kernel.observe();
      return rules.filter((rule) => rule.table !== LOCAL).map(({ from, to, table }) => ({ from, to, table }));
    },
    async routes() {
      const { routes } = await kernel.observe();
      const ours = routes.filter((route) => route.protocol !== 'kernel' && route.table !== LOCAL);
      return ours.map(({ table, destination, gateway, device }) => ({ table, destination, gateway, device }));
    },
    async nameservers() {
      return (await kernel.observe()).nameservers;
    },
    reaches: () => Promise.resolve(null),
    async everything() {
      const { links, ...rest } = await kernel.observe();
      return JSON.stringify(
        { ...rest, links: links.map(({ index: _, ...link }) => ({ ...link, sysctls: { ...unset, ...link.sysctls } })) },
        null,
        1,
      );
    },
    async byHand(...ops) {
      for (const op of ops) kernel.disturb(op);
    },
    async cable(nic, state) {
      kernel.setCable(nic, state === 'mend');
    },
  };
  return view;
}
