import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beside } from './bundle.ts';

const repository = beside('../../../..').replace(/\/$/, '');

/**
 * NetworkManager, systemd-networkd, udev and what they need, as files: given to a lab host by copying them onto its root. On the
 * machine itself they are not installed, for they would take its network over.
 * @returns the folder
 */
export async function unpackManagers(): Promise<string> {
  await promisify(execFile)(`${repository}/script/setup`, ['--managers']);
  return `${repository}/.lab-programs/files`;
}
