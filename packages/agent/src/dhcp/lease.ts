/** Leases, and that of DHCPv4 as busybox udhcpc's script hears it: names and values in the environment. Everything in it comes from the net. */
import { isIPv4 } from 'node:net';

export interface Lease {
  network: string;
  device: string;
  family: 4 | 6;
  address: string;
  /** Bits. */
  prefix: number;
  gateway: string | null;
  nameservers: string[];
  /** End of the lease, milliseconds on the boot-time clock. */
  until: number;
  bootId: string;
  /** Who gave it: an address, or the DUID of a DHCPv6 server in hex. Null when it was not said. */
  server: string | null;
}

/** Two weeks, in milliseconds: a lease without an end would outlive every trace of us. */
export const LONGEST_LEASE = 14 * 24 * 3600 * 1000;

/**
 * @param record NUL-separated `NAME=value` entries as {@link leaseScript} leaves them
 * @returns null when it is no lease that an address could be made of
 */
export function parseLease(network: string, device: string, record: string): Lease | null {
  const entries = new Map<string, string>();
  for (const entry of record.split('\0')) {
    const at = entry.indexOf('=');
    if (at > 0) entries.set(entry.slice(0, at), entry.slice(at + 1));
  }
  const addresses = (name: string): string[] => (entries.get(name) ?? '').split(/\s+/).filter(isIPv4);
  const address = addresses('ip')[0];
  const prefix = Number(entries.get('mask') ?? '');
  const seconds = Number(entries.get('lease') ?? '');
  const uptime = Number(entries.get('PATCHBAY_UPTIME') ?? '');
  if (address === undefined || !Number.isInteger(prefix) || prefix < 1 || prefix > 32) return null;
  if (!(seconds > 0) || !(uptime > 0)) return null;
  return {
    network,
    device,
    family: 4,
    address,
    prefix,
    gateway: addresses('router')[0] ?? null,
    nameservers: addresses('dns'),
    until: Math.round(uptime * 1000 + Math.min(seconds * 1000, LONGEST_LEASE)),
    bootId: entries.get('PATCHBAY_BOOT') ?? '',
    server: addresses('serverid')[0] ?? null,
  };
}

/**
 * Run by udhcpc at each event. It passes on what it was told, whole or not at all. Of the kernel it touches one thing: the lifetime
 * of an address that is there and ends, since a lease may be renewed while no agent lives; everything else is the agent's.
 * First that, so that an agent which hears of the lease finds the kernel in step with it. The metric has to be said again, or it is
 * lost. `deconfig` and `leasefail` change nothing: a lease that is not renewed ends by itself, in the kernel too.
 */
export const leaseScript = `#!/bin/sh
case "$1" in
bound | renew)
  read -r uptime rest </proc/uptime
  seconds=$lease
  [ "$seconds" -le ${LONGEST_LEASE / 1000} ] || seconds=${LONGEST_LEASE / 1000}
  held=$(ip -4 -o addr show dev "$interface" dynamic to "$ip/32")
  metric=
  case "$held" in
  *" inet $ip/$mask metric "*)
    metric=\${held#* metric }
    metric=\${metric%% *}
    ;;
  *" inet $ip/$mask "*) ;;
  *) held= ;;
  esac
  if [ -n "$held" ]; then
    ip -4 addr change "$ip/$mask" dev "$interface" \${metric:+metric "$metric"} valid_lft "$seconds" preferred_lft "$seconds"
  fi
  {
    cat /proc/self/environ
    printf 'PATCHBAY_UPTIME=%s\\0' "$uptime"
  } >"$PATCHBAY_LEASE.new" && mv -f "$PATCHBAY_LEASE.new" "$PATCHBAY_LEASE"
  ;;
nak)
  rm -f "$PATCHBAY_LEASE"
  ;;
esac
`;
