/**
 * `node agent.mjs [restore] --state DIR [--enrol URL --token T --name N] [--engine wss://address:port …]`: the agent of this host,
 * or what it does first after a boot.
 */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { startAgent } from './agent.ts';
import { Dialler } from './dialler/dialler.ts';
import { keeperLauncher } from './guard/launch.ts';
import { systemdLauncher } from './guard/launch-systemd.ts';
import { EnrolRefused } from './link/enrol-refused.ts';
import { type Join, keepIdentity } from './link/keep-identity.ts';
import { realDisk } from './persist/disk.ts';
import { type Identity, readIdentity } from './persist/identity.ts';
import { restoreAfterBoot } from './restore.ts';
import type { Log } from './transaction/parts.ts';

const VERSION = '0.1.0';
/** Milliseconds before joining is tried again. */
const JOIN_AGAIN = 2000;

const USAGE = `patchbay agent ${VERSION}: sets up the network of this host as its engine says.

  node agent.mjs [--state DIR] [--enrol URL --token TOKEN] [--name NAME] [--engine URL]...
  node agent.mjs restore [--state DIR] [--patience MS]
                    brings the committed config up after a boot, and ends

  --state DIR       everything the agent keeps (/var/lib/patchbay)
  --enrol URL       where to join an engine, https://address:port/patchbay/enrol; needed at the first start
  --token TOKEN     join token; good for one host and one use
  --name NAME       name of this host when it joins (its host name)
  --engine URL      wss://address:port instead of the addresses that the engine gave; may be repeated
  --guards WHO      who starts the guards of changes: own (shells of this agent, the default), or
                    systemd (instances of patchbay-guard@.service)
  --rescue-reboot   restart the host when a change cannot be taken back and the engine cannot be reached
  --watchdog DEVICE a hardware watchdog that resets the host when its kernel hangs in the middle of a change
  --patience MS     how long a restore waits for nics that are not there yet (10000)
  --retry-min MS    shortest pause before dialling again (200)
  --retry-max MS    longest pause before dialling again (5000)
  --help            this page
`;

const { values, command } = readArguments();
const stateDirectory = resolve(values.state);
const logger = pino({ base: null });
const dialler = new Dialler([process.execPath, fileURLToPath(new URL('./dialler.mjs', import.meta.url))]);
const log: Log = (level, message, facts = {}) => logger[level](facts, message);

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        state: { type: 'string', default: '/var/lib/patchbay' },
        enrol: { type: 'string' },
        token: { type: 'string' },
        name: { type: 'string', default: hostname() },
        engine: { type: 'string', multiple: true },
        guards: { type: 'string', default: 'own' },
        'rescue-reboot': { type: 'boolean', default: false },
        watchdog: { type: 'string' },
        patience: { type: 'string', default: '10000' },
        'retry-min': { type: 'string', default: '200' },
        'retry-max': { type: 'string', default: '5000' },
        help: { type: 'boolean', default: false },
      },
    });
    const command = positionals[0] ?? 'run';
    if (positionals.length > 1 || (command !== 'run' && command !== 'restore')) {
      throw new Error(`There is no command ${positionals.join(' ')}.`);
    }
    if (values.guards !== 'own' && values.guards !== 'systemd') {
      throw new Error(`Guards are started by own or systemd, not by ${values.guards}.`);
    }
    if (!values.help) return { values, command };
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** Reads who this host is; at the first start joins the engine, and tries that until it answers. */
async function identity(): Promise<Identity> {
  const { enrol: url, token, name, engine } = values;
  const known = await readIdentity(realDisk, stateDirectory);
  if (known !== null) return engine === undefined ? known : { ...known, engines: engine };
  if (url === undefined || token === undefined) {
    throw new Error('This host has not joined an engine yet: --enrol URL --token TOKEN are needed once.');
  }
  const joined = await join({ url, token, name });
  log('info', 'joined', { hostId: joined.hostId, engines: joined.engines });
  return engine === undefined ? joined : { ...joined, engines: engine };
}

async function join(options: Join): Promise<Identity> {
  for (;;) {
    try {
      return await keepIdentity(realDisk, stateDirectory, options, (...asked) => dialler.enrol(...asked));
    } catch (error) {
      if (error instanceof EnrolRefused) throw error;
      log('warn', 'not joined yet', { url: options.url, reason: String(error) });
      await new Promise((done) => setTimeout(done, JOIN_AGAIN));
    }
  }
}

async function runAgent(): Promise<void> {
  const own = () => keeperLauncher(process.execPath, `${stateDirectory}/guard.log`);
  const agent = await startAgent(
    {
      stateDirectory,
      guard: {
        script: fileURLToPath(new URL('./guard.mjs', import.meta.url)),
        launcher: values.guards === 'systemd' ? systemdLauncher(process.execPath) : own(),
      },
      dialler,
      rescueReboot: values['rescue-reboot'],
      dhcp6: fileURLToPath(new URL('./dhcp6.mjs', import.meta.url)),
      watchdog: values.watchdog ?? null,
      agentVersion: VERSION,
      pause: { least: Number(values['retry-min']), most: Number(values['retry-max']) },
      log,
    },
    identity,
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log('info', 'stopping', { signal });
      void agent.stop();
    });
  }
  await agent.ended;
}

try {
  if (command === 'restore') {
    await restoreAfterBoot({ stateDirectory, patience: Number(values.patience), log });
  } else {
    await runAgent();
  }
  process.exit(0);
} catch (error) {
  log('error', 'the agent cannot run', { reason: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
