/** Hosts on a real kernel: those scenarios whose effect only a kernel can prove. */
import { startLldpd } from '@patchbay/lab';
import { type System, until } from '../lab/system.ts';
import { groundState, labelsOf } from './ground-state.ts';
import { actingHost } from './host.ts';
import { labKernelView } from './lab-kernel-view.ts';
import type { Ground } from './stage.ts';

/** @param lldpd folder of its programs, which the lab was given */
export async function labGround(system: System, lldpd: string): Promise<Ground> {
  const { engine, lab, api } = system;
  const { store } = engine.engine;
  const networkName = async (id: string) => (await store.get('network', id))?.name ?? id;
  const ground: Ground = {
    kind: 'lab',
    api,
    speak: 'json',
    hosts: (await store.list('host')).map(({ id, name }) =>
      actingHost({
        ...{ id, name, api, networkName, speak: 'json' },
        kernel: labKernelView(lab, name),
        state: () => ground.state(),
      }),
    ),
    labels: (hostId) => labelsOf(engine, hostId),
    state: () => groundState(engine, ground.hosts),
    async reboot({ id, name }) {
      const boot = async () => (await store.get('report', id))?.report.bootId;
      const before = await boot();
      await lab.reboot(name);
      await until(`${name} reports after its reboot`, async () => (await boot()) !== before, 60_000);
      await until(`${name} is up`, async () => (await store.get('host', id))?.status === 'up', 60_000);
    },
    lag: (host, nics) => lab.lag(host.name, nics),
    cable: ({ name }, nic, state) => lab.cable(name, nic, state),
    runLldpd: (place) => startLldpd(lab, place === 'switch' ? place : place.name, lldpd),
    extraHost: () => Promise.reject(new Error('The lab has the hosts it was booted with.')),
    set: () => Promise.reject(new Error('The engine of the lab keeps its settings.')),
    use() {
      throw new Error('Nothing runs on the hosts of the lab.');
    },
    // The lab belongs to whoever booted it.
    stop: () => Promise.resolve(),
  };
  return ground;
}
