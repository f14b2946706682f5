/** Text frames to and from an engine, however they travel. */
import type { Identity } from '../persist/identity.ts';

export type Credentials = Pick<Identity, 'key' | 'certificate' | 'ca'>;

export interface Channel {
  /** Address of this host in it. */
  localAddress: string | null;
  /** Resolves when it is over. */
  closed: Promise<void>;
  isOpen(): boolean;
  send(frame: string): void;
  close(): void;
}

/**
 * Opens a channel to the engine at `wss://address:port`.
 * @param hear gets each frame
 * @param timeout milliseconds until the engine must have answered
 * @throws when there is no channel in time, or the engine is not ours
 */
export type OpenChannel = (
  url: string,
  hear: (frame: string) => void,
  timeout: number,
  signal?: AbortSignal,
) => Promise<Channel>;
