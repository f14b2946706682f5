/** Joining: a token that expires, and is for one machine, buys an agent a certificate bound to its host. */
import type { EnrolAnswer, EnrolRequest } from '@patchbay/protocol';
import { digest } from '../auth/index.ts';
import type { Authority } from '../gateway/index.ts';
import { Problem } from '../problem.ts';
import type { JoinToken } from '../store/index.ts';
import { type Actor, background, type Engine } from './engine.ts';
import { note } from './note.ts';

const tokenLife = 24 * 3600_000;

/**
 * A token for one host that shall join a cluster.
 * @returns `<secret>.<fingerprint of the authority>`; only the secret's hash is kept
 */
export async function makeJoinToken(engine: Engine, authority: Authority, hostName: string, clusterId: string) {
  const secret = engine.newSecret();
  const expires = engine.now() + tokenLife;
  await engine.store.write((tx) => tx.put('join_token', { id: digest(secret), hostName, clusterId, expires }));
  return { token: `${secret}.${authority.fingerprint}`, expires };
}

/** @param address where the request came from, kept as the host's address until its management network is known */
export async function enrol(
  engine: Engine,
  authority: Authority,
  engines: string[],
  request: EnrolRequest,
  address: string,
): Promise<EnrolAnswer | Problem> {
  const id = digest(request.token.split('.', 1)[0] ?? '');
  const token = await engine.store.get('join_token', id);
  if (token === undefined || token.expires < engine.now() || isUsed(token, request)) {
    return new Problem(403, 'JOIN', 'Forbidden', 'This join token is unknown, used or expired; make a new one.');
  }
  const known = await engine.store.named('host', token.clusterId, token.hostName);
  const machineId = known && (await engine.store.get('host_identity', known.id))?.machineId;
  if (known !== undefined && machineId !== request.machineId && engine.hosts.connected(known.id)) {
    const text = `Host ${known.name} is connected from another machine, and its networks are not for two. If this machine replaces it, stop its agent first; else make a token for a host of another name.`;
    return new Problem(409, 'JOIN', 'Operation failed', text);
  }
  const hostId = known?.id ?? engine.newId();
  const signed = await authority.signHost(request.csr, hostId).catch((error: Error) => error);
  if (signed instanceof Error)
    return new Problem(400, 'JOIN', 'Invalid value', `The certificate request: ${signed.message}`);
  const actor: Actor = background;
  const joined = await engine.store.write(async (tx) => {
    // Read again inside the write: of two machines that come with the same token only one gets in.
    const still = await tx.get('join_token', id);
    if (still === undefined || isUsed(still, request)) return false;
    await tx.put('join_token', { ...still, usedBy: request.machineId });
    const host =
      known !== undefined
        ? { ...known, status: 'installing' as const }
        : {
            id: hostId,
            clusterId: token.clusterId,
            name: token.hostName,
            address,
            comment: '',
            status: 'installing' as const,
            kernel: '',
            netConfigDirty: false,
            nameservers: [],
          };
    await tx.put('host', host);
    const former = await tx.get('host_identity', hostId);
    await tx.put('host_identity', {
      hostId,
      machineId: request.machineId,
      serials: [signed.serial],
      joined: signed.validFrom,
      epoch: former?.epoch ?? 0,
    });
    await note(tx, engine, actor, 'HOST_ENROLLED', `Host ${host.name} has joined.`, { host });
    return true;
  });
  if (!joined) return new Problem(403, 'JOIN', 'Forbidden', 'This join token has just been used.');
  engine.hosts.drop(hostId);
  return { hostId, certificate: signed.certificate, ca: authority.ca, engines };
}

function isUsed({ usedBy }: JoinToken, { machineId }: EnrolRequest): boolean {
  return usedBy !== undefined && usedBy !== machineId;
}
