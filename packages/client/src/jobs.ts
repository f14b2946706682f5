/** Following a job to its end. */
import type { ApiObject } from '@patchbay/wire/client';
import { about } from './about.ts';
import type { Client } from './client.ts';
import { JobError } from './errors.ts';
import { wait } from './wait.ts';

export interface WaitOptions {
  /** Milliseconds between looks at the job; 500 when absent. The API has no way to be told. */
  readonly every?: number | undefined;
  /** Told the job, with its steps, at each look. */
  readonly onProgress?: ((job: ApiObject<'job'>) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a job has ended. A job that waits for a host which is away ends when the host is back: bound it by a signal.
 * @param of an answer that a call returned (of `async: true`, or of a change that hosts follow), or the id of the job
 * @returns the finished job with its steps
 * @throws JobError when it failed or was ended, ApiError, ConnectionError, and TypeError when the answer has no job
 */
export async function waitForJob(
  api: Pick<Client, 'jobs'>,
  of: string | object,
  { every = 500, onProgress, signal }: WaitOptions = {},
): Promise<ApiObject<'job'>> {
  const id = typeof of === 'string' ? of : (about(of)?.jobId ?? (of as ApiObject<'action'>).job?.id);
  if (id === undefined) throw new TypeError('The answer has no job: nothing goes on after it.');
  for (;;) {
    const job = await api.jobs.id(id).get({ follow: 'steps', signal });
    onProgress?.(job);
    if (job.status === 'finished') return job;
    if (job.status !== 'started') throw new JobError(job);
    await wait(every, signal);
  }
}
