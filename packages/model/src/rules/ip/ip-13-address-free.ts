import { canonicalAddress } from '../../address/canonical.ts';
import { isIpv4 } from '../../address/ipv4.ts';
import type { Completed, WantedAttachment } from '../../complete/completed.ts';
import { moreAddresses } from '../../properties/more-addresses.ts';
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
      for (const address of new Set(addresses(attachment))) {
        const all = users.get(address) ?? [];
        const other = all.find((user) => user !== attachment) ?? (all.length > 1 ? attachment : undefined);
        const here = other && `${networkName(other)} on host ${state.host.name}`;
        const user = here ?? elsewhere.get(address);
        if (user) yield { path: attachment.path, values: { network: networkName(attachment), address, user } };
      }
    }
  },
});

function addresses(attachment: WantedAttachment): string[] {
  const own = families(attachment).flatMap(({ ip }) =>
    ip.method === 'static' && ip.address !== null ? ip.address : [],
  );
  return [...own, ...besideOwn(attachment)].map(canonicalAddress);
}

/** Those of its property, as far as they are addresses; PROP-01 tells of the others. */
function besideOwn({ properties }: WantedAttachment): string[] {
  return moreAddresses(properties['ipv4_addrs'])
    .flatMap((one) => one.split('/')[0] ?? [])
    .filter(isIpv4);
}
