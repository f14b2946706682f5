/** The `patchbay` command. */
import { Command, InvalidArgumentError } from 'commander';
import { addOperatorCommands } from './operator/commands/index.ts';
import { run } from './operator/run.ts';
import type { HostKind, ServerOptions } from './server.ts';

const program = new Command('patchbay')
  .description('Sets up the networks of Linux hosts from one place, safely.')
  .exitOverride();

addOperatorCommands(program);

program
  .command('server')
  .description('start the engine and, for a first look and for tests, hosts that it manages')
  .option('--address <address>', 'where the API listens', '127.0.0.1')
  .option('--port <port>', 'port of the API', number, 8080)
  .option('--agent-address <address>', 'where hosts connect', '127.0.0.1')
  .option('--agent-port <port>', 'port of it (54322, or any free one beside hosts that are started here)', number)
  .option('--advertise <url>', 'wss://address:port told to hosts that join, may be given again', engineUrl, [])
  .option('--hosts <kind>', 'lab (a real kernel), memory, or none', hostKind, 'lab')
  .option('--count <n>', 'number of hosts', number, 2)
  .option('--data <directory>', 'where the engine keeps its database and password', '.patchbay')
  .option('--set <name=value>', 'a setting to keep, may be given again (see docs/settings.md)', setting, {})
  .option('--fresh', 'forget what is in the data directory first', false)
  // Only the server needs the engine, and everybody waits for what is loaded.
  .action(async (options: ServerOptions) => (await import('./server.ts')).runServer(options));

await run(program);

function setting(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be NAME=VALUE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function engineUrl(text: string, before: string[]): string[] {
  if (!URL.canParse(text) || new URL(text).protocol !== 'wss:') {
    throw new InvalidArgumentError('It must be wss://ADDRESS:PORT.');
  }
  return [...before, text];
}

function number(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function hostKind(text: string): HostKind {
  if (text !== 'lab' && text !== 'memory' && text !== 'none') {
    throw new InvalidArgumentError('It must be lab, memory or none.');
  }
  return text;
}
