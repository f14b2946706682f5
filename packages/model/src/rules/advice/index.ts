/** Everything that is said about a host change without refusing it. */
import type { Completed } from '../../complete/completed.ts';
import type { Warning } from '../../violation.ts';
import { bond23UnevenSlaves } from './bond-23-uneven-slaves.ts';
import { dns03NeedsRole } from './dns-03-needs-role.ts';
import { ip07OldGatewayDropped } from './ip-07-old-gateway-dropped.ts';
import { ip12GatewayOutside } from './ip-12-gateway-outside.ts';
import { ip15ManagerMayBeLost } from './ip-15-manager-reachable.ts';

const onAttachments = [ip12GatewayOutside, ip15ManagerMayBeLost, dns03NeedsRole];
const onBonds = [bond23UnevenSlaves];
const onTheRequest = [ip07OldGatewayDropped];

export const hostChangeAdvice = [...onAttachments, ...onBonds, ...onTheRequest].map(({ id, event, sentence }) => ({
  id,
  event,
  sentence,
}));

export function advise(completed: Completed): Warning[] {
  return [
    ...completed.attachments.flatMap((attachment) =>
      onAttachments.flatMap((advice) => advice.check({ completed, attachment })),
    ),
    ...completed.bonds.flatMap((bond) => onBonds.flatMap((advice) => advice.check({ completed, bond }))),
    ...onTheRequest.flatMap((advice) => advice.check(completed)),
  ];
}
