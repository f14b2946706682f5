/** Every command of operators. A new one is a file here and a line below. */
import type { Command } from 'commander';
import { apply } from './apply.ts';
import { attach } from './attach.ts';
import { attachments } from './attachments.ts';
import { bond } from './bond.ts';
import { events } from './events.ts';
import { hosts } from './hosts.ts';
import { jobs } from './jobs.ts';
import { keep } from './keep.ts';
import { login } from './login.ts';
import { networks } from './networks.ts';
import { nics } from './nics.ts';
import { revisions } from './revisions.ts';

export function addOperatorCommands(program: Command): void {
  for (const add of [login, hosts, nics, networks, attachments, apply, attach, bond, keep, revisions, jobs, events]) {
    add(program);
  }
}
