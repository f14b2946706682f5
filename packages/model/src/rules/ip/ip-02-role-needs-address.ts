import { addressedRoles } from '../../network/roles.ts';
import { defineRule } from '../rule.ts';
import type { AttachmentSubject } from '../subjects.ts';

export const ip02RoleNeedsAddress = defineRule({
  id: 'IP-02',
  key: 'ACTION_TYPE_FAILED_ROLE_NETWORK_HAS_NO_BOOT_PROTOCOL',
  status: 409,
  sentence: '{network} serves {roles} in cluster {cluster} and needs an IPv4 or IPv6 method.',
  *find({ completed, attachment: { network, ipv4, ipv6, path } }: AttachmentSubject) {
    const roles = network ? addressedRoles(network.assignment.roles) : [];
    if (!network || roles.length === 0 || ipv4.method !== 'none' || ipv6.method !== 'none') return;
    const { cluster } = completed.state;
    yield { path, values: { network: network.name, roles: roles.join(' and '), cluster: cluster.name } };
  },
});
