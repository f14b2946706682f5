/** Reading events as they come. */
import type { ApiObject } from '@patchbay/wire/client';
import type { Client } from './client.ts';
import { wait } from './wait.ts';

export interface FollowEventsOptions {
  /** The id of the last event that is known; absent, only what happens from now on is told. */
  readonly from?: number | undefined;
  /** Only events that are found by it: `severity>=warning`. */
  readonly search?: string | undefined;
  /** Milliseconds between looks; 1000 when absent. The API has no way to be told. */
  readonly every?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Every event after the given one, in the order in which they happened, without end.
 * @throws what a call throws; the caller goes on from the id of the last event that was given
 */
export async function* followEvents(
  api: Pick<Client, 'events'>,
  { from, search, every = 1000, signal }: FollowEventsOptions = {},
): AsyncGenerator<ApiObject<'event'>, never> {
  let last = from ?? idOf((await api.events.list({ max: 1, signal }))[0]);
  for (;;) {
    const newestFirst = await api.events.list({ from: last, search, signal });
    for (const event of newestFirst.reverse()) {
      last = Math.max(last, idOf(event));
      yield event;
    }
    await wait(every, signal);
  }
}

const idOf = (event: ApiObject<'event'> | undefined): number => Number(event?.id ?? 0);
