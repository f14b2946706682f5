/** What comes from Python's registry: the SDK, and the Ansible collection that is built on it. */
import { fileURLToPath } from 'node:url';
import { covered, type Task } from './ansible-options.ts';
import { type Outcome, outcomesOf, type PublishedClient, program, type Target } from './client.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** An environment of its own, with exactly what the file pins. */
async function makeEnvironment(folder: string, requirements: string): Promise<void> {
  await program('python3', ['-m', 'venv', folder]);
  await program(`${folder}/bin/pip`, ['install', '--quiet', '--requirement', requirements]);
}

export const pythonSdk: PublishedClient = {
  name: 'Python SDK (ovirt-engine-sdk-python)',
  version: '4.6.3',
  install: (folder) => makeEnvironment(folder, here('python/requirements.txt')),
  run: async (folder, { url, password, outside }) =>
    outcomesOf(await program(`${folder}/bin/python`, [here('python/suite.py'), url, password, outside])),
};

export const ansible: PublishedClient = {
  name: 'Ansible collection (ovirt.ovirt)',
  version: '3.2.0, ansible-core 2.16.19',
  install: (folder) => makeEnvironment(folder, here('ansible/requirements.txt')),
  async run(folder, target) {
    const tasks: Task[] = [];
    const outcomes: Outcome[] = [];
    for (const [book, again] of [
      ['founding', false],
      ['present', false],
      ['present', true],
      ['absent', false],
      ['absent', true],
    ] as const) {
      const played = await play(folder, here(`ansible/${book}.yml`), target);
      tasks.push(...played);
      outcomes.push(...played.flatMap((task) => outcomeOf(task, again)));
    }
    return [...outcomes, ...(await covered(folder, tasks))];
  },
};

/** Tasks that only look at the hosts count when they found something wrong. */
const looks = /^outside: /;
const repeats = /, again$/;

/** @param again a second run, which must find nothing to change; a task may also say so by its name */
function outcomeOf({ name, results }: Task, again: boolean): Outcome[] {
  const { failed, changed, skipped, msg, content } = results[0] ?? { failed: true, msg: 'it did not run' };
  const repeated = again || repeats.test(name);
  const operation = name.replace(repeats, '');
  const words = String(content ?? msg ?? 'it failed').replaceAll('\n', ' ');
  const problem = failed ? words : repeated && changed ? 'something was changed once more' : null;
  if (problem === null && (skipped || looks.test(name))) return [];
  return [{ operation, problem, ...(repeated && { again: true }) }];
}

interface Played {
  plays: { tasks: { task: { name: string }; hosts: Record<string, Task['results'][number]> }[] }[];
}

async function play(folder: string, book: string, target: Target): Promise<Task[]> {
  const text = await program(
    `${folder}/bin/ansible-playbook`,
    ['--inventory', 'localhost,', '--extra-vars', JSON.stringify(target), book],
    {
      mayFail: true,
      environment: {
        ANSIBLE_STDOUT_CALLBACK: 'ansible.posix.json',
        ANSIBLE_PYTHON_INTERPRETER: `${folder}/bin/python`,
        ANSIBLE_PIPELINING: 'true',
        ANSIBLE_HOME: `${folder}/home`,
      },
    },
  );
  const { plays } = JSON.parse(text.slice(text.indexOf('{'))) as Played;
  return plays.flatMap(({ tasks }) =>
    tasks.map(({ task, hosts }) => ({ name: task.name, results: Object.values(hosts) })),
  );
}
