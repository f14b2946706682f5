/** Programs on a host that set up networks besides Patchbay, and which devices they leave to it. */
import * as z from 'zod/mini';

/** The first two act whenever a device appears, the others at the next boot. */
export const ManagerName = z.enum(['NetworkManager', 'systemd-networkd', 'ifupdown', 'cloud-init']);

/** Milliseconds that a step may take in which another manager lets go of devices, or takes them over. */
export const MANAGER_PATIENCE = 120_000;

/** What a manager leaves alone. */
export const ManagerClaim = z.object({
  /** Name of a device; `eth1.*` for every VLAN device of eth1; `*` for all. */
  device: z.string(),
  /** Also whatever has this address, so that a nic that gets another name is still meant; null when only the name counts. */
  mac: z.nullable(z.string()),
});

export const ManagerReport = z.object({
  name: ManagerName,
  /** False when it acts at the next boot only. */
  running: z.boolean(),
  /** Names of the devices that it manages now, or will set up at the next boot. */
  devices: z.array(z.string()),
  claims: z.array(ManagerClaim),
});

/** A file of a manager's own, as it is written when a host is handed back to it. */
export const ManagerFile = z.object({
  /** Absolute. */
  path: z.string(),
  text: z.string(),
  /** Permission bits. */
  mode: z.int(),
});

/** A device that is handed back to a manager. */
export const HandedDevice = z.object({
  name: z.string(),
  /** Id of its profile, where the manager has such. */
  profile: z.nullable(z.string()),
  /** Made by software: the manager may remove it. */
  made: z.boolean(),
});

export type ManagerName = z.infer<typeof ManagerName>;
export type ManagerClaim = z.infer<typeof ManagerClaim>;
export type ManagerReport = z.infer<typeof ManagerReport>;
export type ManagerFile = z.infer<typeof ManagerFile>;
export type HandedDevice = z.infer<typeof HandedDevice>;
