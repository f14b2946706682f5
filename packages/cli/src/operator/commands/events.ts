/** `patchbay events` */
import { type ApiObject, followEvents } from '@patchbay/client';
import type { Command } from 'commander';
import { wholeNumber } from '../numbers.ts';
import { harmless, print, timeText } from '../output.ts';
import { signedIn } from '../session.ts';

interface EventsOptions {
  max: number;
  from?: number;
  search?: string;
  follow?: boolean;
  json?: boolean;
}

export function events(program: Command): void {
  program
    .command('events')
    .description('list events, the newest last: id, time, severity and what happened')
    .option('--max <count>', 'at most so many, the newest', wholeNumber, 20)
    .option('--from <id>', 'only those after it, all of them', wholeNumber)
    .option('--search <expression>', 'only those: severity>=warning')
    .option('--follow', 'go on with what happens, until interrupted')
    .option('--json', 'print one object a line, as the API answers it')
    .action(async ({ max, from, search, follow, json }: EventsOptions) => {
      const tell = (event: ApiObject<'event'>) => print(json ? JSON.stringify(event) : eventText(event));
      await signedIn(async (api) => {
        const [newest] = await api.events.list({ max: 1 });
        const until = Number(newest?.id ?? 0);
        const known = await api.events.list({ search, ...(from === undefined ? { max } : { from }) });
        const last = Math.max(until, Number(known[0]?.id ?? 0));
        for (const event of known.reverse()) tell(event);
        if (follow) for await (const event of followEvents(api, { from: last, search })) tell(event);
      });
    });
}

function eventText({ id = '', time, severity = 'normal', description = '' }: ApiObject<'event'>): string {
  return [id.padStart(6), timeText(time), severity.padEnd(7), harmless(description)].join('  ');
}
