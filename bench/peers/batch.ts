/** A person's hand-written `ip -batch`: the floor. */
import { ip } from '../host/ip.ts';
import { timed } from '../measured.ts';
import type { Contender } from './contender.ts';

export const batch: Contender = { take: ({ batch }) => timed(() => ip(batch)) };
