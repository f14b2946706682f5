/** `patchbay apply HOST FILE`: a whole change from a file. */
import { readFileSync } from 'node:fs';
import { type ApiObject, decode } from '@patchbay/wire';
import type { Command } from 'commander';
import { asked, type ChangeOptions, takesChange, tellChange, transaction, untilBoot } from '../change.ts';
import { UsageError } from '../exit.ts';
import { findHost } from '../find.ts';
import { signedIn } from '../session.ts';

export function apply(program: Command): void {
  const command = program
    .command('apply')
    .argument('<host>')
    .argument('<file>', 'a body of setupnetworks in JSON or XML, in any spelling of the API; - is standard input')
    .description('change bonds, networks and labels of a host in one transaction');
  takesChange(command).action(async (name: string, file: string, options: ChangeOptions) => {
    const body = { ...readChange(file), ...transaction(options) };
    process.exitCode = await signedIn(async (api) => {
      const host = await findHost(api, name);
      const answer = await api.hosts.id(host.id).setupNetworks(body, asked(options));
      const rest = untilBoot(host.name, { commit: body.commit_on_success === true });
      return tellChange(host.name, options, answer, `${host.name} has taken the change.${rest}`);
    });
  });
}

/** @throws UsageError that says where the text is not a change */
function readChange(file: string): ApiObject<'action'> {
  const bytes = readBytes(file);
  const source = file === '-' ? 'Standard input' : file;
  const start = bytes.toString('utf8').trimStart();
  if (start === '') throw new UsageError(`${source} is empty: there is no change in it.`);
  const decoded = decode(start.startsWith('<') ? 'xml' : 'json', bytes, 'action');
  if (decoded.ok) return decoded.value;
  throw new UsageError(`${source} is not a change of networks: ${decoded.fault.detail}`);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
