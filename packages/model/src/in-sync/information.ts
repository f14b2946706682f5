import { bondMode } from '../bond/modes.ts';
import type { Attachment } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import type { ObservedNetwork, ObservedNic } from '../observed.ts';
import { bridgeOptions } from '../properties/bridge-options.ts';
import { ethtoolOptions } from '../properties/ethtool-options.ts';
import { moreAddresses } from '../properties/more-addresses.ts';
import { currentBond } from '../state/current-bond.ts';
import { type HostNetwork, lookup } from '../state/lookup.ts';
import type { ReportedConfiguration } from './reported-configurations.ts';

/**
 * What oVirt never compares, where it differs: the nic, the mode of the bond below, spanning tree, and custom properties. It is
 * for the reader: each entry counts as in sync, so that `in_sync` stays what clients of oVirt take it for.
 */
export function information(
  state: HostState,
  attachment: Attachment,
  network: HostNetwork,
  actual: ObservedNetwork,
): ReportedConfiguration[] {
  const { nicById, observedNic } = lookup(state);
  const nic = nicById.get(attachment.nicId);
  const wished = nic === undefined ? null : (currentBond(state, nic)?.options ?? null);
  const found = observedNic.get(actual.base ?? '')?.bond?.options['mode'];
  const modes = { wished: wished?.find(({ name }) => name === 'mode')?.value, found };
  const wanted = network.vm && actual.bridged ? bridgeOptions(attachment.properties['bridge_opts']) : {};
  const more = moreAddresses(attachment.properties['ipv4_addrs']);
  const bond = nic === undefined ? null : currentBond(state, nic);
  const asked = ethtoolAsked(attachment, bond?.slaves ?? (nic === undefined ? [] : [nic.name]));
  return [
    ...differing('x_nic', nic?.name ?? null, actual.base),
    ...(modes.wished === undefined || modes.found === undefined
      ? []
      : differing('x_bond_mode', modeText(modes.wished), modeText(modes.found))),
    ...differing('x_stp', String(network.vm && network.stp), String(actual.stp)),
    ...differing(
      'x_custom_properties',
      joined(pairs(wanted, wanted), addressesText(more, more), ethtoolText(asked, null)),
      joined(
        pairs(wanted, actual.bridgeOptions),
        addressesText(more, actual.moreAddresses ?? []),
        ethtoolText(asked, observedNic),
      ),
    ),
  ];
}

/** The named options with the values of another record, spelt as named where they mean the same; null when there are none. */
function pairs(named: Readonly<Record<string, string>>, values: Readonly<Record<string, string>>): string | null {
  const names = Object.keys(named).sort();
  const value = (name: string): string => {
    const [wanted = '', found] = [named[name], values[name]];
    // What a bridge does not show, it may well have.
    return found === undefined || Number(found) === Number(wanted) ? wanted : found;
  };
  return names.length === 0 ? null : `bridge_opts: ${names.map((name) => `${name}=${value(name)}`).join(' ')}`;
}

/** Those of the wanted addresses that are there; null when none is wanted. */
function addressesText(wanted: readonly string[], found: readonly string[]): string | null {
  if (wanted.length === 0) return null;
  return `ipv4_addrs: ${wanted.filter((address) => found.includes(address)).join(',') || 'none'}`;
}

interface Asked {
  nic: string;
  section: string;
  name: string;
  value: string;
}

/** Every setting of every nic that the property names. */
function ethtoolAsked({ properties }: Attachment, nics: readonly string[]): Asked[] {
  return ethtoolOptions(properties['ethtool_opts']).flatMap(({ device, section, values }) =>
    (device === '*' ? nics : [device]).flatMap((nic) =>
      Object.entries(values).map(([name, value]) => ({ nic, section, name, value })),
    ),
  );
}

/** @param observed as the nics have them; null as asked. What was not read may well be so. */
function ethtoolText(asked: readonly Asked[], observed: ReadonlyMap<string, ObservedNic> | null): string | null {
  const words = asked.map(({ nic, section, name, value }) => {
    const found = observed === null ? value : (observed.get(nic)?.ethtool?.[section]?.[name] ?? value);
    return `${nic} ${name} ${found}`;
  });
  return words.length === 0 ? null : `ethtool_opts: ${words.join(', ')}`;
}

const joined = (...parts: (string | null)[]) => parts.filter((part) => part !== null).join('; ') || null;

const modeText = (mode: string): string => String(bondMode(mode) ?? mode);

function differing(name: string, expected: string | null, actual: string | null): ReportedConfiguration[] {
  return expected === actual ? [] : [{ name, expected, actual, inSync: true }];
}
