/** Cases as tests: each on the same six nics, which every case leaves as it found them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { BondConfig, HostConfig, NetworkConfig } from '@patchbay/protocol';
import { network } from '../../execute/real-kernel-for-tests.ts';
import type { Offers } from '../../observe/offers.ts';
import { OUR_PROTOCOL } from '../../observe/ownership.ts';
import { probe } from '../../observe/probe/probe.ts';
import { CaseHost, farOf, macOf, NICS } from './host.ts';
import { Watch } from './watch.ts';

const possible =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;

/** Milliseconds for one case. */
const LIMIT = 60_000;

let watch: Watch;
let offers: Offers;
let isClean = false;

/** A file's cases. @param cases calls {@link kernelCase} */
export function kernelCases(title: string, cases: () => void): void {
  describe(title, { skip: possible ? false : 'runs on a lab host' }, () => {
    before(async () => {
      // A link is ready when it is up: nobody else is on these cables.
      for (const conf of ['default', 'all']) say('sysctl', '-qw', `net.ipv6.conf.${conf}.accept_dad=0`);
      offers = await probe({});
      watch = new Watch();
      await watch.start();
    });
    after(async () => {
      clear();
      await watch.close();
    });
    cases();
  });
}

/** @param title begins with the case's id */
export function kernelCase(title: string, play: (host: CaseHost) => Promise<void>): void {
  test(title, { timeout: LIMIT }, async () => {
    if (!isClean) makeNics();
    isClean = false;
    const host = new CaseHost(watch, offers);
    await host.open();
    try {
      await play(host);
      await host.finish();
      isClean = true;
    } finally {
      await host.close();
    }
  });
}

/** A program at work; its output. @throws when it fails */
export function say(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The same at the other end of the cables. */
export const sayFar = (program: string, ...args: string[]) => say('ip', 'netns', 'exec', 'far', program, ...args);

/** Networks by name, and bonds, with what a case does not say left plain. */
export function config(
  networks: Record<string, Partial<NetworkConfig>>,
  bonds: Record<string, BondConfig> = {},
): HostConfig {
  return {
    bonds,
    networks: Object.fromEntries(Object.entries(networks).map(([name, part]) => [name, network(part)])),
  };
}

function makeNics(): void {
  clear();
  say('ip', 'netns', 'add', 'far');
  // It speaks when it is spoken to.
  for (const conf of ['default', 'all']) sayFar('sysctl', '-qw', `net.ipv6.conf.${conf}.disable_ipv6=1`);
  const pairs = NICS.map(
    (nic) => `link add name ${nic} address ${macOf(nic)} type veth peer name ${farOf(nic)} netns far`,
  );
  batch([], [...pairs, ...NICS.map((nic) => `link set dev ${nic} up`)]);
  batch(['netns', 'exec', 'far', 'ip'], ['link set dev lo up', ...NICS.map((nic) => `link set dev ${farOf(nic)} up`)]);
}

/** Everything that is not the lab's own. */
function clear(): void {
  const links = JSON.parse(say('ip', '-j', 'link', 'show')) as { ifname: string }[];
  const ours = links.map(({ ifname }) => ifname).filter((name) => !/^(lo|eth\d)$/.test(name));
  for (const name of ours) spawnSync('ip', ['link', 'del', 'dev', name]);
  for (const family of ['-4', '-6']) say('ip', family, 'rule', 'flush', 'protocol', OUR_PROTOCOL);
  if (existsSync('/run/netns/far')) say('ip', 'netns', 'del', 'far');
}

function batch(words: readonly string[], lines: readonly string[]): void {
  const input = `${lines.join('\n')}\n`;
  const { status, stderr } = spawnSync('ip', [...words, '-batch', '-'], { input, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
