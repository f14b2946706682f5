/**
 * `node agent.mjs [restore|hand-back] --state DIR [--enrol URL --token T --name N] [--engine wss://address:port …]`: the agent of this host,
 * or what it does first after a boot, or last before it leaves a host.
 */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LONGEST_PAUSE, ManagerName } from '@patchbay/protocol';
import { pino } from 'pino';
import * as z from 'zod/mini';
import { startAgent } from './agent.ts';
import { Dialler } from './dialler/dialler.ts';
import { keeperLauncher } from './guard/launch.ts';
import { systemdLauncher } from './guard/launch-systemd.ts';
import { openHandBack } from './hand-back.ts';
import { EnrolRefused } from './link/enrol-refused.ts';
import { takeJoinToken } from './link/join-token.ts';
import { type Join, keepIdentity } from './link/keep-identity.ts';
import { hasEnded } from './link/renewal.ts';
import { usualNicPatterns } from './observe/nic-patterns.ts';
import { realDisk } from './persist/disk.ts';
import { type Identity, readIdentity } from './persist/identity.ts';
import { restoreAfterBoot } from './restore.ts';
import type { Log } from './transaction/parts.ts';
import { writeOut } from './write-out.ts';

const VERSION = '0.1.0';
/** Milliseconds before joining is tried again. */
const JOIN_AGAIN = 2000;
/** Milliseconds before an agent that cannot run ends, and may be started again. */
const RUN_AGAIN = 30_000;

const USAGE = `patchbay agent ${VERSION}: sets up the network of this host as its engine says.

  node agent.mjs [--state DIR] [--enrol URL --token TOKEN] [--name NAME] [--engine URL]...
  node agent.mjs restore [--state DIR] [--patience MS]
                    brings the committed config up after a boot, and ends
  node agent.mjs hand-back [--state DIR] [--to MANAGER] [--preview]
                    gives the network of this host to another manager as it stands, and ends

  --state DIR       everything the agent keeps (/var/lib/patchbay)
  --enrol URL       where to join an engine, https://address:port/patchbay/enrol; needed at the first start
  --token TOKEN     join token; good for one machine. Everybody on the host can read it here: PATCHBAY_TOKEN in the
                    environment is the same, and counts where both are given
  --name NAME       name of this host when it joins (its host name)
  --engine URL      wss://address:port instead of the addresses that the engine gave; may be repeated
  --guards WHO      who starts the guards of changes: own (shells of this agent, the default), or
                    systemd (instances of patchbay-guard@.service)
  --rescue-reboot   restart the host when a change cannot be taken back and the engine cannot be reached, or when
                    the taking back does not come to an end
  --watchdog DEVICE a hardware watchdog that resets the host when its kernel hangs in the middle of a change, or the
                    taking back does not come to an end
  --hide PATTERNS   names of nics that are not shown, with * and ?, between commas (w*,usb*); ends of cables of
                    containers and machines never are
  --fake PATTERNS   names of dummy, macvlan and veth devices that are nics like real ones (dummy_*,veth_*)
  --patience MS     how long a restore waits for nics that are not there yet (10000)
  --to MANAGER      NetworkManager, systemd-networkd or ifupdown; needed where there are several
  --preview         says what a hand-back would do, and does nothing
  --retry-min MS    shortest pause before dialling again (200)
  --retry-max MS    longest pause before dialling again (${LONGEST_PAUSE}); none delays a confirm. Longer ones let an engine that has
                    started anew take this host for lost
  --help            this page
`;

const { values, command, manager } = readArguments();
const token = takeJoinToken(process.env, values.token);
const stateDirectory = resolve(values.state);
const logger = pino({ base: null }, { write: writeOut });
const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const guard = beside('./guard.mjs');
const own = () => keeperLauncher(process.execPath, `${stateDirectory}/guard.log`);
const dialler = new Dialler([process.execPath, beside('./dialler.mjs')]);
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
        hide: { type: 'string', default: usualNicPatterns.hidden.join() },
        fake: { type: 'string', default: usualNicPatterns.fake.join() },
        patience: { type: 'string', default: '10000' },
        to: { type: 'string' },
        preview: { type: 'boolean', default: false },
        'retry-min': { type: 'string', default: '200' },
        'retry-max': { type: 'string', default: String(LONGEST_PAUSE) },
        help: { type: 'boolean', default: false },
      },
    });
    const command = positionals[0] ?? 'run';
    if (positionals.length > 1 || (command !== 'run' && command !== 'restore' && command !== 'hand-back')) {
      throw new Error(`There is no command ${positionals.join(' ')}.`);
    }
    if (values.guards !== 'own' && values.guards !== 'systemd') {
      throw new Error(`Guards are started by own or systemd, not by ${values.guards}.`);
    }
    const to = z.safeParse(z.optional(ManagerName), values.to);
    if (!to.success) throw new Error(`There is no manager ${values.to}.`);
    if (!values.help) return { values, command, manager: to.data ?? null };
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** Reads who this host is; at the first start joins the engine, and tries that until it answers. */
async function identity(): Promise<Identity> {
  const { enrol: url, name, engine } = values;
  const known = await readIdentity(realDisk, stateDirectory);
  // One that was away for months has a certificate that no engine takes any more; with a new token it joins again.
  const ended = known !== null && hasEnded(known.certificate, Date.now());
  if (ended) log('error', 'the certificate of this host has ended: with a new token it joins again', { name });
  if (known !== null && (!ended || url === undefined || token === undefined))
    return engine === undefined ? known : { ...known, engines: engine };
  if (url === undefined || token === undefined) {
    throw new Error(
      'This host has not joined an engine yet: --enrol URL and a token, in PATCHBAY_TOKEN or as --token, are needed once.',
    );
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

const listOf = (text: string): string[] => text.split(',').filter((part) => part !== '');

async function runAgent(): Promise<void> {
  const agent = await startAgent(
    {
      stateDirectory,
      guard: {
        script: guard,
        launcher: values.guards === 'systemd' ? systemdLauncher(process.execPath) : own(),
      },
      dialler,
      rescueReboot: values['rescue-reboot'],
      dhcp6: fileURLToPath(new URL('./dhcp6.mjs', import.meta.url)),
      watchdog: values.watchdog ?? null,
      nics: { hidden: listOf(values.hide), fake: listOf(values.fake) },
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

/** @returns exit status */
async function handBack(): Promise<number> {
  const out = (line: string): void => writeOut(`${line}\n`);
  const handing = await openHandBack({ stateDirectory, manager, guard: { script: guard, launcher: own() }, log });
  try {
    if (values.preview) {
      const { steps, risks } = await handing.preview();
      for (const { text } of steps) out(text);
      for (const risk of risks) out(`Risk: ${risk}`);
      return 0;
    }
    const { outcome, problem, changed } = await handing.run();
    if (outcome !== 'committed') {
      out(`The network of this host was not handed back. ${problem?.message ?? ''} (${outcome})`);
      return 1;
    }
    out(changed ? 'The network of this host was handed back.' : 'Nothing on this host was Patchbay’s.');
    return 0;
  } finally {
    handing.close();
  }
}

let status = 0;
try {
  if (command === 'restore') {
    await restoreAfterBoot({ stateDirectory, patience: Number(values.patience), log });
  } else if (command === 'hand-back') {
    status = await handBack();
  } else {
    await runAgent();
  }
  process.exit(status);
} catch (error) {
  log('error', 'the agent cannot run', { reason: error instanceof Error ? error.message : String(error) });
  // Whoever starts an agent again does so at once, because a change may be waiting: what a start does not cure waits here.
  if (command === 'run') await new Promise((done) => setTimeout(done, RUN_AGAIN));
  process.exit(1);
}
