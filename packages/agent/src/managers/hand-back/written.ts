import type { HandedDevice, ManagerFile } from '@patchbay/protocol';

/** A manager's configuration of what stands, or sentences about what it cannot be told. */
export type Written = { ok: true; files: ManagerFile[]; devices: HandedDevice[] } | { ok: false; lacking: string[] };
