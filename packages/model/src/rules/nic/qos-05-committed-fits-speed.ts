import type { HostAfter } from '../../complete/completed.ts';
import { effectiveQos } from '../../network/effective-qos.ts';
import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { NicSubject } from '../subjects.ts';

/** Rates that are promised whatever happens need a nic that can keep the promise. Nothing is said where no speed is known. */
export const qos05CommittedFitsSpeed = defineRule({
  id: 'QOS-05',
  key: 'ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INVALID_INTERFACE_SPEED',
  status: 409,
  sentence:
    'Committed rates on {nic} add up to {sum} Mbit/s, more than {percent} % of its {speed} Mbit/s; lower them or move a network.',
  *find({ completed, nic, attachments }: NicSubject) {
    const percent = completed.state.settings.maxCommittedPercent;
    const rates = attachments.map((one) => effectiveQos(one, one.network)?.outboundAverageRealtime ?? 0);
    const sum = rates.reduce((total, rate) => total + rate, 0);
    const speed = speedOf(nic, completed.after, lookup(completed.state).observedNic);
    if (sum === 0 || speed === null || sum * 100 <= speed * percent) return;
    const { path = null, label = null } = attachments.find((one) => one.path !== null) ?? {};
    yield { path, label, values: { nic, sum, percent, speed } };
  },
});

/**
 * Mbit/s that surely leave by the nic; null when a part of it is not known. A bond whose members stand in for each other is
 * as fast as its slowest one, any other as all of them together.
 */
function speedOf(
  nic: string,
  after: HostAfter,
  observed: ReadonlyMap<string, { speed: number | null; nominalSpeed: boolean }>,
): number | null {
  const bond = after.bonds.get(nic);
  const speeds = (bond?.slaves ?? [nic]).map((name) => {
    const one = observed.get(name);
    return one === undefined || one.nominalSpeed ? null : one.speed;
  });
  const known = speeds.filter((speed) => speed !== null);
  if (known.length < speeds.length || known.length === 0) return null;
  const mode = bond?.options.find(({ name }) => name === 'mode')?.value ?? '4';
  const standIn = ['1', 'active-backup', '3', 'broadcast'].includes(mode);
  return bond !== undefined && standIn ? Math.min(...known) : known.reduce((total, speed) => total + speed, 0);
}
