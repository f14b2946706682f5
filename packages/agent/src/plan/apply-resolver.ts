/** Name servers: of the whole host in one file, or by device where a program takes them so. */
import type { KernelOp, ResolverFile } from '@patchbay/protocol';
import { parseNameservers, withNameservers } from '../dns/resolv-conf-text.ts';
import type { World } from './world.ts';

type Op<K extends KernelOp['kind']> = Extract<KernelOp, { kind: K }>;

export function setNameservers(world: World, { nameservers, device }: Op<'dns.set'>): string | null {
  const { resolver } = world;
  if (resolver === undefined) {
    world.nameservers = [...nameservers];
    return null;
  }
  if (resolver.manager === 'file') {
    const content = withNameservers(resolver.file?.content ?? '', nameservers);
    const { mode, uid, gid } = ownerOf(resolver.file);
    world.resolver = { ...resolver, file: { target: null, content, mode, uid, gid } };
    world.nameservers = parseNameservers(content);
    return null;
  }
  if (device === undefined || (nameservers.length > 0 && !world.links.has(device)))
    return `Cannot find device "${device}"`;
  const { [device]: _, ...others } = resolver.devices;
  const devices = nameservers.length === 0 ? others : { ...others, [device]: [...nameservers] };
  world.resolver = { ...resolver, devices };
  world.nameservers = [...new Set(Object.values(devices).flat())];
  return null;
}

export function restoreResolver(world: World, { file }: Op<'dns.restore'>): null {
  if (world.resolver !== undefined) world.resolver = { ...world.resolver, file };
  world.nameservers = parseNameservers(file?.content ?? '');
  return null;
}

/** What systemd-resolved was told of a device goes with it; other programs keep it. */
export function forgetResolver(world: World, device: string): void {
  if (world.resolver?.manager !== 'resolved') return;
  const { [device]: _, ...devices } = world.resolver.devices;
  world.resolver = { ...world.resolver, devices };
}

/** A new file is readable by all; a link's bits and owner say nothing. */
export function ownerOf(file: ResolverFile | null): Pick<ResolverFile, 'mode' | 'uid' | 'gid'> {
  if (file === null || file.target !== null) return { mode: 0o644, uid: 0, gid: 0 };
  const { mode, uid, gid } = file;
  return { mode, uid, gid };
}
