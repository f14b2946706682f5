/** The command behind `script/lab`. */
import { join } from 'node:path';
import { type ControlRequest, control } from './control.ts';

const usage = `usage: script/lab [--data DIRECTORY] exec HOST COMMAND…
       script/lab [--data DIRECTORY] cable HOST NIC cut|mend
       script/lab [--data DIRECTORY] lag HOST [NIC…]      (no nic: dissolve)
HOST is host1, host2, … (exec: also switch). script/server must be running.
`;

function parse([kind, host, ...rest]: string[]): ControlRequest | null {
  if (host === undefined) return null;
  if (kind === 'exec') return rest.length === 0 ? null : { kind, host, argv: rest };
  if (kind === 'lag') return { kind, host, nics: rest };
  const [nic, state] = rest;
  if (kind !== 'cable' || nic === undefined || (state !== 'cut' && state !== 'mend')) return null;
  return { kind, host, nic, state };
}

const args = process.argv.slice(2);
const data = args[0] === '--data' ? (args.splice(0, 2)[1] ?? '') : '.patchbay';
const request = parse(args);
if (request === null) {
  process.stderr.write(usage);
  process.exit(2);
}
try {
  process.exitCode = await control(join(data, 'lab.sock'), request, {
    in: process.stdin,
    out: process.stdout,
    err: process.stderr,
  });
} catch (error) {
  const code = (error as { code?: string }).code;
  const missing = code === 'ENOENT' || code === 'ECONNREFUSED';
  process.stderr.write(missing ? `No lab runs in ${data}; start script/server first.\n` : `${error}\n`);
  process.exitCode = 1;
}
