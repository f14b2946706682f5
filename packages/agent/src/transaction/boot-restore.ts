/** The committed config after a boot: what is possible of it, in one plan (HT-132 to HT-139). */
import type { HostConfig, KernelOp, LinkReport, Plan } from '@patchbay/protocol';
import { mustBeDone } from '../dhcp/following.ts';
import { isForOthers } from '../execute/runs.ts';
import type { KernelState } from '../kernel.ts';
import { closerLookFor } from '../observe/ethtool.ts';
import { configWithout } from '../plan/config-without.ts';
import type { KeptMacs } from '../plan/kept-macs.ts';
import { possiblePart } from '../plan/possible-part.ts';
import { presentPart } from '../plan/present-part.ts';
import { stepsFor } from '../plan/steps-for.ts';
import { AsFarAsPossible } from './as-far-as-possible.ts';
import { converge, tellOthers } from './converge.ts';
import { keepMacs } from './keep-macs.ts';
import type { Planned, Planner, TransactionParts } from './parts.ts';
import { restoreVirtualFunctions } from './restore-virtual-functions.ts';
import { unwritten } from './unwritten.ts';

type RestoreParts = Pick<TransactionParts, 'kernel' | 'planner' | 'documents' | 'self' | 'udevHasActed' | 'log'>;
type Parts = RestoreParts & Pick<TransactionParts, 'keepClaims'>;

const NOTHING: HostConfig = { bonds: {}, networks: {} };

/** @returns null when the kernel is as committed, else why it is not, wholly or in part */
export async function bootRestore(parts: Parts): Promise<string | null> {
  const committed = await parts.documents.committed();
  await parts.documents.setRunning(committed).catch(unwritten(parts.log, 'the running config'));
  // Nothing was ever kept here: whatever bears our marks was made by an agent whose files are lost, and may carry the host.
  if (!(await parts.documents.hasCommitted())) return null;
  const lacking = await restoreVirtualFunctions(parts, committed);
  // They are as they will be, with or without success: what else was committed does not wait for them.
  const rest = await restoreConfig(parts, committed);
  if (rest !== null) lacking.push(rest);
  await parts.keepClaims(committed);
  return lacking.length === 0 ? null : lacking.join(' ');
}

/**
 * Brings up what of a config can stand on the devices that are there, virtual functions as they are. What the host does not accept any
 * more, as after an update of its kernel, is left out, and a step that it refuses costs only what rests on it. Which nics were missing,
 * and what else is not there, is written down for who tries again.
 * @param came nics for whose sake it is done, and for that of what is lacking: what other hands have changed elsewhere stays; null to bring
 *   up everything
 * @param tries how often it was tried again, with this time
 * @returns null when that is all of it, else what is not
 */
export async function restoreConfig(
  parts: RestoreParts,
  config: HostConfig,
  came: ReadonlySet<string> | null = null,
  tries = 0,
): Promise<string | null> {
  const { documents, planner, log } = parts;
  const { bootId } = parts.self;
  // What is set on a nic that udev has not done with, its MTU or what sysctl.d has for every device, does not stay.
  await parts.udevHasActed();
  const before = await parts.kernel.observe(closerLookFor(config));
  const kept = await documents.macs();
  const { virtualFunctions: _, ...wanted } = config;
  const unplannable = (some: HostConfig): string | null => {
    const planned = wayTo(planner, before, some, kept, wanted);
    return planned.ok ? null : planned.problem.message;
  };
  const { part: possible, refusals } = possiblePart(before, wanted, unplannable);
  if (refusals.length > 0) log('error', 'left out of what was committed', { refusals });
  const missing = missingNics(before.links, config);
  if (missing.length > 0) log('error', 'devices are missing after boot', { missing });
  let refusal: string | null = null;
  const way = (state: KernelState, some: HostConfig): KernelOp[] => {
    const planned = wayTo(planner, state, presentPart(state, some), kept, wanted);
    if (some === possible) refusal = planned.ok ? null : planned.problem.message;
    return planned.ok ? mustBeDone(state, some, planned.value.ops) : [];
  };
  const former = (await documents.lacking(bootId)) ?? { leftOut: NOTHING, left: [] };
  const steps = (state: KernelState): KernelOp[] =>
    came === null ? way(state, possible) : stepsFor({ ...former, came }, state, possible, way);
  const look = closerLookFor(possible);
  const kernel = new AsFarAsPossible(parts.kernel);
  const plan = (state: KernelState): Pick<Plan, 'ops'> => ({ ops: [...kernel.possible(state, steps(state))] });
  const run = async () => {};
  const converged = await converge(kernel, plan, run, look);
  // Others hear their part all the same.
  if (!converged.ok) await tellOthers(kernel, plan(await kernel.observe(look)).ops.filter(isForOthers), run);
  const after = converged.ok ? converged.state : await kernel.observe(look);
  const left = steps(after);
  const reasons = new Set([...refusals, ...kernel.refusals(left)]);
  if (refusal !== null && refusals.length === 0) reasons.add(refusal);
  if (!converged.ok) reasons.add(converged.message);
  const leftOut = configWithout(presentPart(before, wanted), refusal === null ? possible : NOTHING);
  const lacking = reasons.size === 0 ? null : { bootId, reasons: [...reasons], leftOut, left, tries };
  await keepMacs(parts, async () => after);
  await documents.setLateNics(missing).catch(unwritten(log, 'which nics are missing'));
  await documents.setLacking(lacking).catch(unwritten(log, 'what was refused'));
  if (missing.length > 0) reasons.add(`Missing after boot: ${missing.join(', ')}.`);
  return reasons.size === 0 ? null : [...reasons].join(' ');
}

/** A planner that fails on a part of a config is no reason to go without the rest. */
function wayTo(planner: Planner, state: KernelState, config: HostConfig, kept: KeptMacs, whole: HostConfig): Planned {
  try {
    return planner.forward(state, config, null, kept, whole);
  } catch (error) {
    return { ok: false, problem: { code: 'ERR_INTERNAL', message: String(error) } };
  }
}

/** Nics that the config names and the host does not have. */
export function missingNics(links: readonly Pick<LinkReport, 'name'>[], config: HostConfig): string[] {
  const there = new Set(links.map(({ name }) => name));
  return namedNics(config).filter((name) => !there.has(name));
}

/** Nics that something of the config stands on. */
export function namedNics({ bonds, networks, virtualFunctions = {} }: HostConfig): string[] {
  const named = [
    ...Object.values(bonds).flatMap(({ slaves }) => slaves),
    ...Object.values(networks).flatMap(({ base }) => (base === null || Object.hasOwn(bonds, base) ? [] : base)),
    ...Object.keys(virtualFunctions),
  ];
  return [...new Set(named)];
}
