/** What Patchbay needs of another program that sets up networks on this host. One file beside this one for each. */
import type {
  HandedDevice,
  LinkReport,
  ManagerClaim,
  ManagerFile,
  ManagerName,
  ManagerReport,
} from '@patchbay/protocol';

export interface Manager {
  readonly name: ManagerName;

  /** Small files, read at once; no program is started. Null when it is not here, or never acts. */
  look(links: readonly LinkReport[]): ManagerReport | null;

  /**
   * The devices that it manages, in its own words, where it runs and can be asked.
   * @returns null while it does not answer
   */
  ask(links: readonly LinkReport[]): Promise<ReadonlySet<string> | null>;

  /**
   * Tells it what to leave alone, until the next boot. It may take its time to let go, and take addresses along: who calls this
   * watches the kernel.
   * @param claims all of them, those that it has been told before included
   * @param taken devices among them that it manages now
   */
  claim(claims: readonly ManagerClaim[], taken: readonly string[], links: readonly LinkReport[]): Promise<void>;

  /** Called when it has let go of what was claimed. */
  letGo(claims: readonly ManagerClaim[], links: readonly LinkReport[]): Promise<void>;

  /**
   * Gives devices back in the state in which they were taken.
   * @param claims what it still is to leave alone
   * @param released names and patterns that were claimed
   */
  release(claims: readonly ManagerClaim[], released: readonly string[], links: readonly LinkReport[]): Promise<void>;

  /**
   * Makes claims outlast the next boot; none lets the manager have everything again.
   * @param managesOthers whether it manages devices besides; false as well while it does not run
   * @returns what an administrator should know of it
   */
  keep(claims: readonly ManagerClaim[], managesOthers: boolean): Promise<string[]>;

  /** What {@link keep} has made durable. */
  kept(): ManagerClaim[];

  /** Puts files in place and ends every claim, in an order in which the host is reached after a power cut at any point. */
  handBack(
    files: readonly ManagerFile[],
    devices: readonly HandedDevice[],
    links: readonly LinkReport[],
  ): Promise<void>;

  /** Devices that were handed back and that it has not taken over; null while it does not say. */
  lacks(devices: readonly HandedDevice[]): Promise<string[] | null>;

  /** Removes what {@link handBack} put in place for these devices, when they are claimed again for good. */
  withdraw(claims: readonly ManagerClaim[]): Promise<void>;
}

/** Refuses to let go, or came back. */
export class ManagerConflict extends Error {}
