import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beside } from './bundle.ts';

const repository = beside('../../../..').replace(/\/$/, '');

/** Debian packages as files, without those that the machine has. @returns the folder, which stays for the next time */
export async function unpack(what: 'managers' | 'lldpd'): Promise<string> {
  await promisify(execFile)(`${repository}/script/setup`, [`--${what}`]);
  return `${repository}/.lab-programs/${what}/files`;
}
