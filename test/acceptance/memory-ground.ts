/** Hosts in memory: a scenario takes some tens of milliseconds. */
import { type RunningMemoryHost, startMemoryHost } from '@patchbay/lab';
import { writeSettings } from '../../packages/engine/src/operations/settings.ts';
import { noWorkloads } from '../../packages/engine/src/operations/workloads.ts';
import { startSystem, until } from '../api/system.ts';
import { groundState, labelsOf } from './ground-state.ts';
import { actingHost, type Host } from './host.ts';
import { memoryKernelView } from './memory-kernel-view.ts';
import type { Ground } from './stage.ts';

/** eth1 to eth9 are free. */
const NICS = 10;

/** What only a host in memory can do: hold back or refuse operations, answer DHCP, lose its connection. */
const running = new WeakMap<Host, RunningMemoryHost>();

/** @throws when the host is not one in memory */
export function memoryOf(host: Host): RunningMemoryHost {
  const found = running.get(host);
  if (found === undefined) throw new Error(`${host.name} is no host in memory.`);
  return found;
}

const onlyInLab = () => Promise.reject(new Error('A host in memory cannot do that; use onlyInLab.'));

export async function memoryGround(): Promise<Ground> {
  const system = await startSystem(2, NICS);
  const { engine, api } = system;
  const { store } = engine.engine;
  let extra = system.hosts.length;
  const networkName = async (id: string) => (await store.get('network', id))?.name ?? id;
  const act = (id: string, name: string, memory: RunningMemoryHost) => {
    const kernel = memoryKernelView(memory.kernel);
    const host = actingHost({ id, name, api, kernel, networkName, state: () => ground.state(), speak: 'xml' });
    running.set(host, memory);
    return host;
  };
  const ground: Ground = {
    kind: 'memory',
    api,
    speak: 'xml',
    hosts: [],
    labels: (hostId) => labelsOf(engine, hostId),
    state: () => groundState(engine, ground.hosts),
    async extraHost(options) {
      extra += 1;
      const name = `host${extra}`;
      const enrol = `http://127.0.0.1:${engine.port}/patchbay/enrol`;
      const token = await engine.joinToken(name);
      const memory = await startMemoryHost({ name, number: extra, ...options, enrol, token, log() {} });
      const found = async () => (await store.list('host')).find((host) => host.name === name);
      await until(`${name} is up`, async () => (await found())?.status === 'up');
      const { id = '' } = (await found()) ?? {};
      const host = act(id, name, memory);
      ground.hosts.push(host);
      return {
        host,
        async stop() {
          ground.hosts.splice(ground.hosts.indexOf(host), 1);
          await memory.stop();
          await until(`${name} is away`, async () => !engine.engine.hosts.connected(id));
          const gone = await api.request('DELETE', `/hosts/${id}?force=true`);
          if (gone.status !== 200) throw new Error(`${name} cannot be removed: ${gone.text}`);
        },
      };
    },
    use(uses) {
      engine.engine.workloads = { ...noWorkloads, networkUses: () => Promise.resolve(uses) };
    },
    async set(name, value) {
      if (value !== null) return writeSettings(store, { [name]: value });
      await store.write((tx) => tx.remove('setting', name));
    },
    reboot: onlyInLab,
    lag: onlyInLab,
    runLldpd: onlyInLab,
    async cable(host, nic, state) {
      memoryOf(host).kernel.setCable(nic, state === 'mend');
    },
    stop: () => system.stop(),
  };
  ground.hosts.push(...system.hosts.map(({ id, name, memory }) => act(id, name, memory)));
  return ground;
}
