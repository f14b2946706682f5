/** Text frames to and from an engine, however they travel. */
import type { Identity } from '../persist/identity.ts';
import type { Ends } from '../transaction/parts.ts';

export type Credentials = Pick<Identity, 'key' | 'certificate' | 'ca'>;

export interface Channel {
  /** Its two addresses. */
  ends: Ends;
  /** Resolves when it is over. */
  closed: Promise<void>;
  isOpen(): boolean;
  send(frame: string): void;
  close(): void;
}

export interface Way {
  /** Gives the attempt up. */
  signal?: AbortSignal | undefined;
  /** Address of this host to come from; the kernel chooses when there is none. */
  from?: string | undefined;
}

/**
 * Opens a channel to the engine at `wss://address:port`.
 * @param hear gets each frame
 * @param timeout milliseconds until the engine must have answered
 * @throws when there is no channel in time, or the engine is not ours
 */
export type OpenChannel = (url: string, hear: (frame: string) => void, timeout: number, how?: Way) => Promise<Channel>;
