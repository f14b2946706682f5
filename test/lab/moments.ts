/** Moments in the life of a change and of its host, for those who disturb it. */
import { type HostView, type System, until } from './system.ts';

/** Resolves when a change has been begun on the host; after ten seconds in any case. */
export async function begun({ lab }: System, hostName: string): Promise<void> {
  const there = 'for i in $(seq 500); do ls /var/lib/patchbay/txn/*/* >/dev/null 2>&1 && exit 0; sleep 0.02; done';
  await lab.exec(hostName, ['sh', '-c', there]);
}

/** Resolves when the host is linked to the engine and no change is under way. @throws when that is not so within a minute and a half */
export async function settled({ engine, lab, said }: System, host: HostView): Promise<void> {
  const { hosts, store } = engine.engine;
  const task = () => store.runningTask(host.id);
  await until(
    'the host is settled',
    async () => hosts.connected(host.id) && (await task()) === undefined,
    90_000,
  ).catch(async (error: Error) => {
    const state = {
      connected: hosts.connected(host.id),
      task: (await task())?.id,
      agent: await lab.agentPid(host.name),
    };
    throw new Error([error.message, JSON.stringify(state), ...said.slice(-25)].join('\n'));
  });
}

/** Resolves when an agent that was killed is there again: its engine may still have the link of the one that is dead. */
export async function back(host: HostView): Promise<void> {
  const answers = async () => (await host.request('POST', '/refresh', '<action/>')).status === 200;
  await until('the agent answers again', answers, 90_000);
}
