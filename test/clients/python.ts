/** What comes from Python's registry: the SDK, and the Ansible collection that is built on it. */
import { fileURLToPath } from 'node:url';
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
  run: async (folder, { url, password }) =>
    outcomesOf(await program(`${folder}/bin/python`, [here('python/suite.py'), url, password])),
};

export const ansible: PublishedClient = {
  name: 'Ansible collection (ovirt.ovirt)',
  version: '3.2.0, ansible-core 2.16.19',
  install: (folder) => makeEnvironment(folder, here('ansible/requirements.txt')),
  async run(folder, target) {
    const outcomes: Outcome[] = [];
    for (const [book, again] of [
      ['present', false],
      ['present', true],
      ['absent', false],
      ['absent', true],
    ] as const) {
      outcomes.push(...(await play(folder, here(`ansible/${book}.yml`), target, again)));
    }
    return outcomes;
  },
};

interface Played {
  plays: { tasks: { task: { name: string }; hosts: Record<string, TaskResult> }[] }[];
}

interface TaskResult {
  failed?: boolean;
  changed?: boolean;
  msg?: unknown;
}

/** @param again a second run, which must find nothing to change */
async function play(folder: string, book: string, { url, password }: Target, again: boolean): Promise<Outcome[]> {
  const text = await program(
    `${folder}/bin/ansible-playbook`,
    ['--inventory', 'localhost,', '--extra-vars', JSON.stringify({ url, password }), book],
    {
      mayFail: true,
      environment: {
        ANSIBLE_STDOUT_CALLBACK: 'ansible.posix.json',
        ANSIBLE_PYTHON_INTERPRETER: `${folder}/bin/python`,
        ANSIBLE_HOME: `${folder}/home`,
      },
    },
  );
  const { plays } = JSON.parse(text.slice(text.indexOf('{'))) as Played;
  return plays.flatMap(({ tasks }) =>
    tasks.map(({ task, hosts }) => {
      const operation = again ? `${task.name}, again` : task.name;
      const { failed, changed, msg } = hosts['localhost'] ?? { failed: true, msg: 'it did not run' };
      if (failed) return { operation, problem: String(msg ?? 'it failed').replaceAll('\n', ' ') };
      return { operation, problem: again && changed ? 'something was changed once more' : null };
    }),
  );
}
