/** How a command ends: the exit code that scripts rely on (docs/cli.md), and what is said when it went wrong. */
import { ApiError, ConnectionError, JobError, SignInError } from '@patchbay/client';

export const exitCodes = {
  done: 0,
  /** A rule refused it, or something it names does not exist. Nothing was changed. */
  refused: 1,
  /** The command itself is wrong. Nothing was asked. */
  usage: 2,
  /** A host failed, took the change back, or did not say how it ended. */
  hostFailed: 3,
  /** The engine cannot be reached, does not know who asks, or failed itself. */
  unreachable: 4,
  /** A defect of the command. */
  defect: 70,
} as const;

export interface Ending {
  code: number;
  /** For standard error, one sentence or more each. */
  lines: string[];
}

/** The command cannot be carried out as it was given. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that the command names is not there. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** @returns null for what no command foresees: a defect */
export function endingOf(error: unknown): Ending | null {
  if (error instanceof ApiError) return ofApiError(error);
  if (!(error instanceof Error)) return null;
  const told = (code: number): Ending => ({ code, lines: [error.message] });
  if (error instanceof UsageError) return told(exitCodes.usage);
  if (error instanceof NotFoundError) return told(exitCodes.refused);
  if (error instanceof JobError) return told(exitCodes.hostFailed);
  if (error instanceof SignInError || error instanceof ConnectionError) return told(exitCodes.unreachable);
  return null;
}

function ofApiError({ status, message, violations }: ApiError): Ending {
  if (status === 401) {
    return { code: exitCodes.unreachable, lines: ['The session has ended: sign in again with `patchbay login`.'] };
  }
  const lines = violations.length > 0 ? violations.map((one) => `${one.message} (${one.rule})`) : [message];
  if (status === 502 || status === 504) return { code: exitCodes.hostFailed, lines };
  return { code: status >= 500 ? exitCodes.unreachable : exitCodes.refused, lines };
}
