import type { Network } from '../../entities.ts';
import { spokenUses } from '../../workload.ts';
import { defineRule } from '../rule.ts';
import { list } from '../subjects.ts';
import type { NetworkChange } from './network-change.ts';

const others = ({ wanted, networks }: NetworkChange): Network[] => networks.filter((one) => one.id !== wanted.id);

export const net03NotBond = defineRule({
  id: 'NET-03',
  key: 'NETWORK_CANNOT_CONTAIN_BOND_NAME',
  status: 400,
  sentence: 'A network name may not start with "bond", as {name} does.',
  *find({ wanted: { name } }: NetworkChange) {
    if (/^bond/i.test(name)) yield { path: 'name', values: { name } };
  },
});

export const net04NameFree = defineRule({
  id: 'NET-04',
  key: 'ACTION_TYPE_FAILED_NETWORK_NAME_IN_USE',
  status: 409,
  sentence: 'Network {name} exists already in this data centre.',
  *find(change: NetworkChange) {
    const { name } = change.wanted;
    if (others(change).some((one) => one.name === name)) yield { path: 'name', values: { name } };
  },
});

export const net05NameNotVdsmName = defineRule({
  id: 'NET-05',
  key: 'NETWORK_NAME_USED_AS_VDSM_NETWORK_NAME',
  status: 400,
  sentence: '{name} is the host-side name of {other}; choose another name.',
  *find(change: NetworkChange) {
    const { name } = change.wanted;
    const other = others(change).find((one) => one.vdsmName === name && one.name !== name);
    if (other) yield { path: 'name', values: { name, other: other.name } };
  },
});

export const net12SameDataCentre = defineRule({
  id: 'NET-12',
  key: 'ACTION_TYPE_FAILED_DATA_CENTER_ID_CANNOT_BE_CHANGED',
  status: 400,
  sentence: 'Network {network} cannot change data centre; create it there.',
  *find({ wanted, stored }: NetworkChange) {
    if (!stored || stored.dataCentreId === wanted.dataCentreId) return;
    yield { path: 'data_center', values: { network: stored.name } };
  },
});

const sentence = '{network} cannot be renamed while used by {users}; remove it there first.';

export const net15RenameUsedOnce = defineRule({
  id: 'NET-15',
  key: 'ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE',
  status: 409,
  sentence,
  *find(change: NetworkChange) {
    const { count, users } = usersOfRenamed(change);
    if (count === 1) yield { path: 'name', values: { network: change.stored?.name ?? '', users } };
  },
});

export const net15RenameUsedOften = defineRule({
  id: 'NET-15',
  key: 'ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES',
  status: 409,
  sentence,
  *find(change: NetworkChange) {
    const { count, users } = usersOfRenamed(change);
    if (count > 1) yield { path: 'name', values: { network: change.stored?.name ?? '', users } };
  },
});

function usersOfRenamed({ wanted, stored, usedBy, uses = [] }: NetworkChange): { count: number; users: string } {
  if (!stored || stored.name === wanted.name) return { count: 0, users: '' };
  const hosts = usedBy(stored.id);
  const users = uses.filter(({ networkId, kind }) => networkId === stored.id && (kind === 'template' || kind === 'vm'));
  const spoken = [...(hosts.length > 0 ? [`hosts: ${list(hosts)}`] : []), spokenUses(users)];
  return { count: hosts.length + users.length, users: spoken.filter(Boolean).join('; ') };
}
