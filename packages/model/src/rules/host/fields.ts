/** What may be said of a host itself. Only what changes is judged: whoever joins brings a name and an address of its own. */
import { isHostName } from '../../address/host-name.ts';
import { isIpv4 } from '../../address/ipv4.ts';
import { isIpv6 } from '../../address/ipv6.ts';
import type { Host } from '../../entities.ts';
import { defineRule } from '../rule.ts';

export interface HostChange {
  wanted: Pick<Host, 'name' | 'address'>;
  /** As it was; null when it is new. */
  stored: Pick<Host, 'name' | 'address'> | null;
}

export const host05Name = defineRule({
  id: 'HOST-05',
  key: 'VALIDATION_VDS_NAME_INVALID',
  status: 400,
  sentence: 'The name of a host must be 1 to 255 letters, digits, dots, dashes and underscores, got "{name}".',
  *find({ wanted: { name }, stored }: HostChange) {
    if (name === stored?.name || /^[0-9a-zA-Z._-]{1,255}$/.test(name)) return;
    yield { path: 'name', values: { name } };
  },
});

export const host06Address = defineRule({
  id: 'HOST-06',
  key: 'VALIDATION.VDS.HOSTNAME.HOSTNAME_OR_IP',
  status: 400,
  sentence: 'The address of a host must be a host name or an IP address, got "{address}".',
  *find({ wanted: { address }, stored }: HostChange) {
    if (address === stored?.address || isHostName(address) || isIpv4(address) || isIpv6(address)) return;
    yield { path: 'address', values: { address } };
  },
});
