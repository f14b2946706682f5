/** Joining: a token that expires, and is for one machine, buys an agent a certificate bound to its host. */
import type { Host } from '@patchbay/model';
import type { EnrolAnswer, EnrolRequest } from '@patchbay/protocol';
import { digest } from '../auth/index.ts';
import { type Authority, asHostOfItsOwn } from '../gateway/index.ts';
import { Problem } from '../problem.ts';
import type { JoinToken } from '../store/index.ts';
import { background, type Engine } from './engine.ts';
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
  // All of it in one write: of two machines that come with the same token only one gets in, and only while its cluster is there.
  const joined = await engine.store.write(async (tx) => {
    const token = await tx.get('join_token', id);
    if (token === undefined || token.expires < engine.now() || isUsed(token, request)) {
      return new Problem(403, 'JOIN', 'Forbidden', 'This join token is unknown, used or expired; make a new one.');
    }
    // Names of hosts are taken everywhere; one that was moved meanwhile stays where it is.
    const known = (await tx.list('host')).find(({ name }) => name === token.hostName);
    const former = known && (await tx.get('host_identity', known.id));
    // Whatever its machine id: that of a copied disk is the same. Who only missed the answer is not connected.
    if (known !== undefined && engine.hosts.connected(known.id)) {
      // What to do comes before the name, which may be nearly as long as all that agents show.
      const text = `Stop the connected host's agent to replace it. If this is a copy of its disk, ${asHostOfItsOwn}. The host is ${known.name}.`;
      return new Problem(409, 'JOIN', 'Operation failed', text);
    }
    if (known === undefined && (await tx.get('cluster', token.clusterId)) === undefined) {
      const text = `The cluster that host ${token.hostName} was to join is gone; make a token for another one.`;
      return new Problem(403, 'JOIN', 'Forbidden', text);
    }
    const hostId = known?.id ?? engine.newId();
    const signed = await authority.signHost(request.csr, hostId).catch((error: Error) => error);
    if (signed instanceof Error)
      return new Problem(400, 'JOIN', 'Invalid value', `The certificate request: ${signed.message}`);
    await tx.put('join_token', { ...token, usedBy: request.machineId });
    const { statusReason: _, ...plain } = known ?? newHost(hostId, token, address);
    const host: Host = { ...plain, status: 'installing' };
    await tx.put('host', host);
    await tx.put('host_identity', {
      hostId,
      machineId: request.machineId,
      serials: [signed.serial],
      joined: signed.validFrom,
      epoch: former?.epoch ?? 0,
    });
    await note(tx, engine, background, 'HOST_ENROLLED', `Host ${host.name} has joined.`, { host });
    return { hostId, certificate: signed.certificate };
  });
  if (joined instanceof Problem) return joined;
  engine.hosts.drop(joined.hostId);
  return { ...joined, ca: authority.ca, engines };
}

function newHost(id: string, { clusterId, hostName: name }: JoinToken, address: string): Host {
  const nothingYet = { comment: '', kernel: '', netConfigDirty: false, nameservers: [] };
  return { id, clusterId, name, address, status: 'installing', ...nothingYet };
}

function isUsed({ usedBy }: JoinToken, { machineId }: EnrolRequest): boolean {
  return usedBy !== undefined && usedBy !== machineId;
}
