import type { Completed, WantedAttachment } from '../../complete/completed.ts';
import { lookup } from '../../state/lookup.ts';

/** Whether an attachment that shall be on a nic is there already. */
export function staysOn(attachment: WantedAttachment, nic: string, { state }: Completed): boolean {
  return attachment.stored !== null && lookup(state).nicById.get(attachment.stored.nicId)?.name === nic;
}
