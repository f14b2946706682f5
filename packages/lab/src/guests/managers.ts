import { unpack } from './unpack.ts';

/**
 * NetworkManager, systemd-networkd, udev and what they need, as files: given to a lab host by copying them onto its root. On the
 * machine itself they are not installed, for they would take its network over.
 * @returns the folder
 */
export const unpackManagers = (): Promise<string> => unpack('managers');
