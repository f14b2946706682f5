import type { Readable, Writable } from 'node:stream';
import type { Launch } from './launch/launch.ts';

export interface LabOptions {
  /** Hosts are named host1, host2, … */
  readonly hosts: number;
  /** Nics per host, eth0 …; 6 unless told. */
  readonly nics?: number;
  /** Connections that hosts make to 192.168.100.1:guestPort arrive at 127.0.0.1:hostPort. */
  readonly tunnels?: readonly { readonly guestPort: number; readonly hostPort: number }[];
  /** VLANs with a DHCP server; 10 and 100 unless told. The untagged network always has one. */
  readonly dhcpVlans?: readonly number[];
  /** Folders that hosts and the switch see at the same path, read-only. */
  readonly files?: readonly string[];
  /** What agents and the DHCP server print, by line. */
  readonly onLog?: (host: string, line: string) => void;
  /** Cap of a guest's memory, as the kernel reads it; "512M" unless told. */
  readonly memory?: string;
  /** The kernel to use; by trying unless told. */
  readonly launch?: Launch;
}

export interface ExecOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the command is killed. */
  readonly timeout?: number;
}

/** A command that runs in the lab. `status`: as a shell gives it, 128 + n when signal n ended the command. */
export interface Running {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly status: Promise<number>;
  kill(): void;
}

/**
 * Hosts on a real kernel, cabled to one switch. `host` below is a name out of `hosts`; where it may also be `switch`
 * the comment says so. All methods reject with a sentence when the lab cannot do it or is gone.
 */
export interface Lab {
  readonly kind: 'uml' | 'namespaces';
  readonly hosts: readonly string[];
  /** Folder that hosts see at the same path, read-only; it ends with the lab. */
  readonly folder: string;
  /** Runs a command on a host or on `switch`; resolves when it has ended and its output is closed. */
  exec(
    host: string,
    argv: readonly string[],
    options?: ExecOptions,
  ): Promise<{ status: number; stdout: string; stderr: string }>;
  /** Like `exec`, with streams. */
  spawn(host: string, argv: readonly string[], options?: Omit<ExecOptions, 'input'>): Running;
  /** Pulls a cable out of the switch or puts it back. */
  cable(host: string, nic: string, state: 'cut' | 'mend'): Promise<void>;
  /** The switch bonds the ports of these nics by LACP; none dissolves every such bond of the host. */
  lag(host: string, nics: readonly string[]): Promise<void>;
  /** Runs an agent until `stopAgent`, starting it again when it dies. */
  startAgent(host: string, argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<void>;
  stopAgent(host: string): Promise<void>;
  /** SIGKILL of the agent's process alone; it is started again. */
  killAgent(host: string): Promise<void>;
  /** As the host sees it; null when none runs. */
  agentPid(host: string): Promise<number | null>;
  readFile(host: string, path: string): Promise<string>;
  writeFile(host: string, path: string, text: string): Promise<void>;
  /** Power off and on: processes, devices, /run and /tmp are gone, the disk stays, a running agent starts again. */
  reboot(host: string): Promise<void>;
  /** A reboot with an empty disk and no agent. */
  reset(host: string): Promise<void>;
  /** Ends everything; resolves when nothing of the lab is left on the machine. */
  stop(): Promise<void>;
}
