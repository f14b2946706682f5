import { canonicalAddress } from '../../address/canonical.ts';
import type { Completed, WantedAttachment } from '../../complete/completed.ts';
import { defineRule } from '../rule.ts';
import { families, networkName } from '../subjects.ts';

export const ip13AddressFree = defineRule({
  id: 'IP-13',
  key: 'OHN_IP_13',
  status: 409,
  sentence: '{network}: {address} is already used by {user}.',
  *find({ state, attachments, after }: Completed) {
    if (!attachments.some((one) => addresses(one).length > 0)) return;
    const elsewhere = new Map(
      [...state.addressesElsewhere].map(([address, user]) => [canonicalAddress(address), user]),
    );
    const users = new Map<string, WantedAttachment[]>();
    for (const attachment of after.attachments) {
      for (const address of addresses(attachment)) users.set(address, [...(users.get(address) ?? []), attachment]);
    }
    for (const attachment of attachments) {
      for (const address of addresses(attachment)) {
        const other = users.get(address)?.find((user) => user !== attachment);
        const here = other && `${networkName(other)} on host ${state.host.name}`;
        const user = here ?? elsewhere.get(address);
        if (user) yield { path: attachment.path, values: { network: networkName(attachment), address, user } };
      }
    }
  },
});

function addresses(attachment: WantedAttachment): string[] {
  return families(attachment).flatMap(({ ip }) =>
    ip.method === 'static' && ip.address !== null ? [canonicalAddress(ip.address)] : [],
  );
}
