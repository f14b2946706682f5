import { lookup } from '../../state/lookup.ts';
import type { BondSubject } from '../subjects.ts';
import { list } from '../subjects.ts';
import { defineAdvice } from '../warning.ts';

export const bond23UnevenSlaves = defineAdvice({
  id: 'BOND-23',
  event: 'BOND_SLAVES_UNEVEN',
  sentence: 'Bond {bond} on host {host}: {problem}.',
  *find({ completed: { state }, bond: { name, slaves, path } }: BondSubject) {
    const nics = slaves.flatMap((slave) => lookup(state).observedNic.get(slave.name ?? '') ?? []);
    const found = (problem: string) => ({ path, values: { bond: name ?? '', host: state.host.name, problem } });
    const names = list(nics.map((nic) => nic.name));
    if (nics.length > 0 && nics.every((nic) => !nic.up)) yield found(`every slave is down (${names})`);
    const speeds = new Set(nics.flatMap((nic) => nic.speed ?? []));
    if (speeds.size > 1) yield found(`its slaves have different speeds (${list([...speeds].map(String))} Mbit/s)`);
    const [first] = nics;
    const parent = first?.physicalFunction;
    if (parent !== undefined && nics.length > 1 && nics.every((nic) => nic.physicalFunction === parent)) {
      yield found(`all its slaves are virtual functions of ${parent} and fail with it`);
    }
  },
});
