/** The report that engines get: the kernel, what Patchbay wants of it, and a version that rises with every change seen. */
import { createHash } from 'node:crypto';
import type { HostReport } from '@patchbay/protocol';
import type { Kernel, KernelState } from '../kernel.ts';
import { documented, type Offers } from '../observe/offers.ts';
import { type Documents, sameConfig } from '../persist/documents.ts';

/** Versions that one start of the agent may use; the next start begins above them. */
const VERSIONS_PER_START = 1_000_000;

export class Reporter {
  readonly #kernel: Kernel;
  readonly #documents: Documents;
  #version: number;
  #seen = '';

  /** @param starts count of this start of the agent, higher than that of any before */
  constructor(kernel: Kernel, documents: Documents, starts: number) {
    this.#kernel = kernel;
    this.#documents = documents;
    this.#version = starts * VERSIONS_PER_START;
  }

  async report(): Promise<HostReport> {
    const [{ offers, ...state }, running, committed] = await Promise.all([
      this.#kernel.observe(),
      this.#documents.running(),
      this.#documents.committed(),
    ]);
    const features = featuresOf(offers ?? documented);
    const report = { ...state, features, running, committed: sameConfig(running, committed), stateVersion: 0 };
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
