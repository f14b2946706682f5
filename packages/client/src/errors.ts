/** What can go wrong, by what the caller can do about it. Mistakes of the caller are TypeErrors; aborts are what the signal says. */
import type { ApiObject } from '@patchbay/wire/client';

/** A rule that a request breaks. */
export interface Violation {
  /** Id of the rule, stable: `BOND-06`. */
  readonly rule: string;
  /** The key that oVirt has for it. */
  readonly key: string;
  /** What is wrong, where, and what to do. */
  readonly message: string;
}

interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly detail: string | undefined;
  readonly method: string;
  /** Below the base, without query. */
  readonly path: string;
  readonly correlationId: string | undefined;
}

const violation = /\s*\(([A-Z]+-\d+[a-z]?), ([A-Z][A-Z0-9_]*)\)\s*/;
const codeAtEnd = /\(([A-Z][A-Z0-9]*[-_][A-Z0-9_]+[a-z]?)\)\.?$/;

/** The engine said no, or a host did: `status` 502 when it refused or failed, 504 when it did not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The class of the problem, short. */
  readonly reason: string;
  /** What exactly is wrong, as the engine wrote it. */
  readonly detail: string | undefined;
  readonly method: string;
  readonly path: string;
  /** Names the operation in events and jobs. */
  readonly correlationId: string | undefined;
  /** Every rule that the request breaks, as far as the detail names them. */
  readonly violations: readonly Violation[];
  /** The first rule, or what else the detail names in the end, such as `ERR_LOST_CONNECTION`. */
  readonly code: string | undefined;

  constructor({ status, reason, detail, method, path, correlationId }: Refusal) {
    const plain = detail?.replace(/^\[(.*)\]$/s, '$1');
    super(plain || reason);
    this.status = status;
    this.reason = reason;
    this.detail = detail;
    this.method = method;
    this.path = path;
    this.correlationId = correlationId;
    this.violations = violationsIn(plain ?? '');
    this.code = this.violations[0]?.rule ?? codeAtEnd.exec(plain ?? '')?.[1];
  }
}

function violationsIn(detail: string): Violation[] {
  // Text, rule, key, text, rule, key, …, text.
  const parts = detail.split(violation);
  const found: Violation[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [message = '', rule = '', key = ''] = parts.slice(at, at + 3);
    found.push({ rule, key, message });
  }
  return found;
}

/** User or password are wrong, or there is no way to sign in. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  /** As OAuth has them: `access_denied`, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** There was no answer, or none of this API. A request that changes something may have been carried out all the same. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** A job did not finish. */
export class JobError extends Error {
  override readonly name = 'JobError';
  /** With its steps. */
  readonly job: ApiObject<'job'>;

  constructor(job: ApiObject<'job'>) {
    const failed = (job.steps ?? []).filter(({ status }) => status === 'failed' || status === 'aborted');
    const why = [job.comment, ...failed.map(({ comment }) => comment)].filter((text) => text !== undefined);
    const [...sentences] = new Set(why);
    super([`${job.description ?? `Job ${job.id}`}: ${job.status}.`, ...sentences].join(' '));
    this.job = job;
  }
}
