import type { Completed, WantedAttachment } from '../../complete/completed.ts';
import { staticAddresses } from '../../network/static-addresses.ts';
import { defineRule } from '../rule.ts';
import { networkName } from '../subjects.ts';

export const ip13AddressFree = defineRule({
  id: 'IP-13',
  key: 'OHN_IP_13',
  status: 409,
  sentence: '{network}: {address} is already used by {user}.',
  *find({ state, attachments, after }: Completed) {
    if (!attachments.some((one) => staticAddresses(one).length > 0)) return;
    const users = new Map<string, WantedAttachment[]>();
    for (const attachment of after.attachments) {
      for (const address of staticAddresses(attachment))
        users.set(address, [...(users.get(address) ?? []), attachment]);
    }
    for (const attachment of attachments) {
      for (const address of new Set(staticAddresses(attachment))) {
        const all = users.get(address) ?? [];
        const other = all.find((user) => user !== attachment) ?? (all.length > 1 ? attachment : undefined);
        const here = other && `${networkName(other)} on host ${state.host.name}`;
        const user = here ?? state.addressesElsewhere.get(address);
        if (user) yield { path: attachment.path, values: { network: networkName(attachment), address, user } };
      }
    }
  },
});
