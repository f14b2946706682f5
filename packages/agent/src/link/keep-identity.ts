/** What a host keeps of joining an engine. */
import { randomUUID } from 'node:crypto';
import { type Disk, makeFolder, readDocument, writeDocument } from '../persist/disk.ts';
import { type Identity, writeIdentity } from '../persist/identity.ts';

export interface Join {
  /** `http(s)://address:port/patchbay/enrol`. */
  url: string;
  /** `<secret>.<SHA-256 of the engine's CA certificate, hex>`. */
  token: string;
  /** Name that the host shall have in the engine. */
  name: string;
}

/** @param request asks the engine; what it throws is thrown */
export async function keepIdentity(
  disk: Disk,
  stateDirectory: string,
  join: Join,
  request: (join: Join, machineId: string) => Promise<Identity>,
): Promise<Identity> {
  const identity = await request(join, await machineIdOf(disk, stateDirectory));
  await writeIdentity(disk, stateDirectory, identity);
  return identity;
}

/** Drawn once per installation: machine ids of cloned images are not told apart. */
async function machineIdOf(disk: Disk, stateDirectory: string): Promise<string> {
  const path = `${stateDirectory}/machine-id.json`;
  const known = await readDocument<string>(disk, path);
  if (known !== null) return known;
  const drawn = randomUUID();
  await makeFolder(disk, stateDirectory);
  await writeDocument(disk, path, drawn);
  return drawn;
}
