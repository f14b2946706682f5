/** A "no" for the client, as a value: what HTTP says, a stable code, and a sentence that names the things involved. */
import type { Violation } from '@patchbay/model';
import type { WireFault } from '@patchbay/wire';

export class Problem {
  readonly status: number;
  /** Rule id, agent code or a short word; stable. */
  readonly code: string;
  readonly reason: string;
  readonly detail: string;

  constructor(status: number, code: string, reason: string, detail: string) {
    this.status = status;
    this.code = code;
    this.reason = reason;
    this.detail = detail;
  }
}

const operationFailed = 'Operation Failed';

export function notFound(kind: string, name: string): Problem {
  return new Problem(404, 'NOT_FOUND', operationFailed, `Entity not found: ${kind} ${name}.`);
}

export function incomplete(type: string, paths: string, operation: string): Problem {
  return new Problem(400, 'REQ-02', 'Incomplete parameters', `${type} [${paths}] required for ${operation}.`);
}

export function invalid(code: string, detail: string): Problem {
  return new Problem(400, code, operationFailed, detail);
}

export function conflict(code: string, detail: string): Problem {
  return new Problem(409, code, operationFailed, detail);
}

export function immutable(field: string): Problem {
  return new Problem(409, 'IMMUTABLE', 'Broken immutability constraint', `Attempt to set immutable field: ${field}`);
}

/** Host failures: 502 when the agent refused or failed, 504 when it did not answer (rules 0.2, our own). */
export function hostFailed(status: 502 | 504, code: string, detail: string): Problem {
  return new Problem(status, code, operationFailed, detail);
}

export function notConnected(host: string): Problem {
  const text = `Host ${host} has no connection to the engine; nothing was changed. Check its agent and its management network.`;
  return hostFailed(504, 'NOT_CONNECTED', text);
}

export function fromFault(fault: WireFault): Problem {
  return new Problem(fault.status, 'REQ-08', fault.reason, fault.detail);
}

/**
 * All violations in one answer, the first one first. The status is oVirt's choice among several: 400 beats 409 beats
 * 403 (rules 0.2).
 */
export function fromViolations(violations: readonly Violation[]): Refusal {
  return new Refusal(violations);
}

/** The rules' "no", with every violation as a value. */
export class Refusal extends Problem {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    const order = [400, 405, 409, 404, 403];
    const status = order.find((s) => violations.some((v) => v.status === s)) ?? 400;
    const detail = `[${violations.map((v) => `${v.message} (${v.rule}, ${v.key})`).join(' ')}]`;
    // What a device is not made for did not fail: the reason says so by itself.
    const reason = status === 405 ? (violations[0]?.message ?? operationFailed) : operationFailed;
    super(status, violations[0]?.rule ?? 'UNKNOWN', reason, detail);
    this.violations = violations;
  }
}
