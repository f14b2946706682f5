/** Who this host is to its engine: one document, so that key, certificate and CA always belong together. */
import { type Disk, makeFolder, readDocument, writeDocument } from './disk.ts';

export interface Identity {
  hostId: string;
  name: string;
  /** PEM. */
  key: string;
  certificate: string;
  ca: string;
  /** `wss://address:port` candidates. */
  engines: string[];
}

/**
 * @returns null when this host has never joined an engine
 * @throws when it has, and that cannot be read, in words for whoever can help, who alone may have it join anew
 */
export async function readIdentity(disk: Disk, stateDirectory: string): Promise<Identity | null> {
  const path = `${stateDirectory}/identity.json`;
  try {
    return await readDocument<Identity>(disk, path);
  } catch (error) {
    throw new Error(
      `Who this host is to its engine cannot be read from ${path}: restore that file from a backup, or remove it and start the agent with --enrol and a new token, with which the host joins anew. (${error})`,
      { cause: error },
    );
  }
}

export async function writeIdentity(disk: Disk, stateDirectory: string, identity: Identity): Promise<void> {
  await makeFolder(disk, stateDirectory);
  await writeDocument(disk, `${stateDirectory}/identity.json`, identity);
}

/** Another key and certificate of the same host, by the same engine. @throws when this host has no identity */
export async function renewIdentity(
  disk: Disk,
  stateDirectory: string,
  { key, certificate }: Pick<Identity, 'key' | 'certificate'>,
): Promise<void> {
  const known = await readIdentity(disk, stateDirectory);
  if (known === null) throw new Error('This host has no identity that could be renewed.');
  await writeIdentity(disk, stateDirectory, { ...known, key, certificate });
}
