/** The report that engines get: the kernel, what Patchbay wants of it, and a version that rises with every change seen. */
import { createHash } from 'node:crypto';
import type { HostReport } from '@patchbay/protocol';
import { driftOf } from '../drift/differences.ts';
import type { Kernel, KernelState } from '../kernel.ts';
import { closerLookFor } from '../observe/ethtool.ts';
import { type NicPatterns, withoutHiddenNics } from '../observe/nic-patterns.ts';
import { documented, type Offers } from '../observe/offers.ts';
import { withOwners } from '../observe/owners.ts';
import { type Documents, sameConfig } from '../persist/documents.ts';

/** Versions that one start of the agent may use; the next start begins above them. */
const VERSIONS_PER_START = 1_000_000;

export class Reporter {
  readonly #kernel: Kernel;
  readonly #documents: Documents;
  readonly #busy: () => boolean;
  readonly #nics: NicPatterns;
  #version: number;
  #seen = '';

  /**
   * @param starts count of this start of the agent, higher than that of any before
   * @param busy whether a change is under way, and the host is on its way from one config to another
   * @param nics which are shown; all when absent
   */
  constructor(
    kernel: Kernel,
    documents: Documents,
    starts: number,
    busy: () => boolean,
    nics: NicPatterns = { hidden: [], fake: [] },
  ) {
    this.#kernel = kernel;
    this.#documents = documents;
    this.#busy = busy;
    this.#nics = nics;
    this.#version = starts * VERSIONS_PER_START;
  }

  async report(): Promise<HostReport> {
    const begun = this.#busy();
    const running = await this.#documents.running();
    const [observed, committed] = await Promise.all([
      this.#kernel.observe(closerLookFor(running)),
      this.#documents.committed(),
    ]);
    const drift = begun || this.#busy() ? {} : { drift: driftOf(observed, running) };
    const { offers, ...state } = observed;
    const features = featuresOf(offers ?? documented);
    const links = withoutHiddenNics(withOwners(state.links, state.managers ?? []), running, this.#nics);
    const kept = { running, committed: sameConfig(running, committed) };
    const report = { ...state, links, features, ...kept, ...drift, stateVersion: 0 };
    const seen = fingerprint(report);
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#version += 1;
    }
    return { ...report, stateVersion: this.#version };
  }
}

function featuresOf({ bond, bridge, vlan, shaping }: Offers): NonNullable<HostReport['features']> {
  return { bonding: bond !== null, bridge: bridge !== null, vlan, shaping };
}

/** Lifetimes count down by themselves, which is no change. */
function fingerprint(state: KernelState): string {
  const text = JSON.stringify(state, (key, value: unknown) =>
    key === 'validFor' && typeof value === 'number' ? 0 : value,
  );
  return createHash('sha256').update(text).digest('base64');
}
