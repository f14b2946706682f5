/** What the two ends of a lab say to each other; the outside starts it, `labd` runs inside. */

/** Written next to `labd` before it starts. */
export interface GuestConfig {
  readonly hosts: number;
  /** eth0 … of each host. */
  readonly nics: number;
  /** Ports of the management address whose connections are carried outside. */
  readonly ports: readonly number[];
  /** VLANs that have a DHCP server. */
  readonly dhcpVlans: readonly number[];
  /** Folders that hosts see at the same path as the outside, read-only. */
  readonly windows: readonly string[];
}

export interface ExecParams {
  readonly host: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds after which the command and its children are killed; 0 for never. */
  readonly timeout: number;
  /** Lane of stdin (to the guest) and stdout (from it). */
  readonly stdio: number;
  readonly stderr: number;
}

export interface AgentParams {
  readonly host: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Methods of labd. */
export type GuestMethods = {
  /** Answered when the command has ended; 128 + n when signal n ended it. */
  exec(params: ExecParams): Promise<{ status: number }>;
  cable(params: { host: string; nic: string; state: 'cut' | 'mend' }): Promise<void>;
  lag(params: { host: string; nics: readonly string[] }): Promise<void>;
  startAgent(params: AgentParams): Promise<void>;
  stopAgent(params: { host: string }): Promise<void>;
  killAgent(params: { host: string }): Promise<void>;
  agentPid(params: { host: string }): Promise<number | null>;
  readFile(params: { host: string; path: string }): Promise<string>;
  writeFile(params: { host: string; path: string; text: string }): Promise<void>;
  reboot(params: { host: string }): Promise<void>;
  reset(params: { host: string }): Promise<void>;
};

/** Methods of the outside. */
export type OutsideMethods = {
  /** First call of labd: hosts are up, or why they are not. */
  ready(params: { problem: string | null }): void;
  /** A connection was made inside to a tunnelled port; its bytes flow on the lane. */
  connect(params: { lane: number; port: number }): void;
  log(params: { host: string; line: string }): void;
};
