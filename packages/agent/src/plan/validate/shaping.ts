import { LINKSHARE_UNIT } from '@patchbay/protocol';
import { isOrdinaryQueue, MAX_RATE } from '../../observe/shaping.ts';
import { type Case, type Finding, first, problem } from './finding.ts';

/** Shaping that somebody else has set up is not replaced, since nothing could bring it back. */
export function shapingProblem({ links, offers, config }: Case): Finding {
  return first(Object.entries(config.networks), ([name, { base, qos }]) => {
    if (qos === undefined) return null;
    if (!offers.shaping) {
      return problem('ERR_UNSUPPORTED', `Network ${name}: the kernel of this host cannot shape traffic.`);
    }
    const { linkshare, upperlimit, realtime } = qos.bursts ?? {};
    const begins = [(linkshare?.rate ?? 0) * LINKSHARE_UNIT, upperlimit?.rate ?? null, realtime?.rate ?? null];
    for (const rate of [qos.upperlimit, qos.realtime, qos.linkshare * LINKSHARE_UNIT, ...begins]) {
      if (rate === null || rate <= MAX_RATE) continue;
      return problem(
        'ERR_BAD_PARAMS',
        `Network ${name}: ${rate} bit/s is more than the ${MAX_RATE} that can be shaped.`,
      );
    }
    for (const curve of ['upperlimit', 'realtime'] as const) {
      if (qos.bursts?.[curve] === undefined || qos[curve] !== null) continue;
      return problem('ERR_BAD_PARAMS', `Network ${name}: ${curve} has a burst, but no rate to go on with.`);
    }
    const device = links.get(base ?? '');
    if (device?.qdisc === undefined || device.shaping !== undefined || isOrdinaryQueue(device.qdisc)) return null;
    return problem(
      'ERR_USED_NIC',
      `Network ${name}: ${base} is shaped by ${device.qdisc}, which was not set here; take it off first.`,
    );
  });
}
