/** Configs as sets of bonds and networks. */
import type { HostConfig } from '@patchbay/protocol';

/** The config without the bonds and networks whose names another one has. */
export function configWithout(config: HostConfig, other: HostConfig): HostConfig {
  return {
    ...config,
    bonds: absentFrom(other.bonds, config.bonds),
    networks: absentFrom(other.networks, config.networks),
  };
}

function absentFrom<T>(other: Record<string, T>, all: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !Object.hasOwn(other, name)));
}
