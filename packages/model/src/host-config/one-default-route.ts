import type { NetworkConfig } from './host-config.ts';

/** Where nobody goes on with the default route, it goes where the cluster wants it. @returns those kept, and all other wishes */
export function withOneDefaultRoute(
  wishes: ReadonlyMap<string, NetworkConfig>,
  kept: Map<string, NetworkConfig>,
): Map<string, NetworkConfig> {
  const routed = [...wishes.keys()].find((name) => wishes.get(name)?.defaultRoute) ?? '';
  if (![...kept.values()].some(({ defaultRoute }) => defaultRoute)) kept.delete(routed);
  const moves = wishes.has(routed) && !kept.has(routed);
  const others = [...kept].map(([name, network]) => [name, moves ? withoutDefaultRoute(network) : network] as const);
  return new Map([...others, ...[...wishes].filter(([name]) => !kept.has(name))]);
}

function withoutDefaultRoute(network: NetworkConfig): NetworkConfig {
  const { ipv6 } = network;
  return {
    ...{ ...network, defaultRoute: false, nameservers: null },
    ipv6: ipv6.method === 'static' ? { ...ipv6, gateway: null } : ipv6,
  };
}
