import type { HostState } from '@patchbay/model';
import { isInSync } from '@patchbay/model';

/** One line about a host for a list: its status, how many networks it carries, and how many of them differ. */
export function hostSummary(state: HostState): string {
  const { host, attachments } = state;
  const differing = attachments.filter((attachment) => isInSync(state, attachment) === false).length;
  const networks = `${attachments.length} ${attachments.length === 1 ? 'network' : 'networks'}`;
  return `${host.name}: ${host.status}, ${networks}${differing === 0 ? '' : `, ${differing} out of sync`}`;
}
