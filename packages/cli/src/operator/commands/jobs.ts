/** `patchbay jobs [ID]` */
import { type ApiObject, JobError, waitForJob } from '@patchbay/client';
import type { Command } from 'commander';
import { exitCodes } from '../exit.ts';
import { wholeNumber } from '../numbers.ts';
import { harmless, print, printJson, table, timeText } from '../output.ts';
import { signedIn } from '../session.ts';

interface JobsOptions {
  max: number;
  follow?: boolean;
  json?: boolean;
}

export function jobs(program: Command): void {
  program
    .command('jobs')
    .argument('[id]', 'one of them, with its steps')
    .description('list jobs, newest first')
    .option('--max <count>', 'at most so many', wholeNumber, 20)
    .option('--follow', 'with an id: wait for its end')
    .option('--json', 'print what the API answers')
    .action(async (id: string | undefined, { max, follow, json }: JobsOptions) => {
      await signedIn(async (api) => {
        if (id === undefined) {
          const all = await api.jobs.list({ max });
          if (json) return printJson(all);
          const rows = all.map((job) => [job.id, job.status, timeText(job.start_time), took(job), job.description]);
          return print(...table(['JOB', 'STATUS', 'BEGUN', 'TOOK', 'WHAT'], rows));
        }
        const job = follow ? await ended(waitForJob(api, id)) : await api.jobs.id(id).get({ follow: 'steps' });
        json ? printJson(job) : print(...jobText(job));
        if (follow && job.status !== 'finished') process.exitCode = exitCodes.hostFailed;
      });
    });
}

/** The job as it ended, however that was. */
const ended = (waiting: Promise<ApiObject<'job'>>): Promise<ApiObject<'job'>> =>
  waiting.catch((error: unknown) => {
    if (error instanceof JobError) return error.job;
    throw error;
  });

const took = ({ start_time: from, end_time: to }: ApiObject<'job'>): string | undefined =>
  from === undefined || to === undefined ? undefined : `${((to - from) / 1000).toFixed(1)} s`;

function jobText(job: ApiObject<'job'>): string[] {
  const { description, status, comment, steps = [] } = job;
  const rows = steps.map((step) => [step.number, step.status, took(step), step.description, step.comment]);
  return [
    harmless(`${description}: ${status}${comment === undefined ? '' : `. ${comment}`}`),
    ...['', ...table(['STEP', 'STATUS', 'TOOK', 'WHAT', 'WHY'], rows)],
  ];
}
