import { canonicalAddress } from '../address/canonical.ts';
import { ipv4Prefix } from '../address/ipv4.ts';
import type { AttachmentWish, IpAssignment } from '../entities.ts';
import { sameQos } from '../network/effective-qos.ts';
import { sameNameservers } from '../network/nameservers.ts';
import type { Lookup } from '../state/lookup.ts';
import type { WantedAttachment } from './completed.ts';

/**
 * Whether a requested attachment equals what is stored (rules §2.6); addresses, masks and name servers are compared by
 * meaning. A synchronised one is never unchanged.
 */
export function isAttachmentUnchanged(wanted: WantedAttachment, known: Lookup): boolean {
  const { stored, change } = wanted;
  if (!stored || !wanted.network || wanted.nic === null || wanted.override) return false;
  return (
    (change?.ip?.ipv4.length ?? 0) <= 1 &&
    (change?.ip?.ipv6.length ?? 0) <= 1 &&
    wanted.network.id === stored.networkId &&
    wanted.nic === known.nicById.get(stored.nicId)?.name &&
    sameWish(wanted, stored)
  );
}

function sameWish(one: AttachmentWish, other: AttachmentWish): boolean {
  return (
    sameIp(one.ipv4, other.ipv4) &&
    sameIp(one.ipv6, other.ipv6) &&
    sameProperties(one.properties, other.properties) &&
    sameQos(one.qos, other.qos) &&
    sameNameservers(one.nameservers, other.nameservers)
  );
}

function sameIp(one: IpAssignment<string>, other: IpAssignment<string>): boolean {
  const spelt = (ip: IpAssignment<string>) =>
    [
      ip.method,
      ip.address && canonicalAddress(ip.address),
      ip.netmask && (ipv4Prefix(ip.netmask) ?? ip.netmask),
      ip.gateway && canonicalAddress(ip.gateway),
    ].join();
  return spelt(one) === spelt(other);
}

function sameProperties(one: Record<string, string>, other: Record<string, string>): boolean {
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && one[key] === other[key])
  );
}
