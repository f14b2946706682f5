import type { Host } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { overlay } from './kept.ts';
import { actions, links, reference } from './link.ts';

export const hostActions = [
  'activate',
  'approve',
  'commitnetconfig',
  'copyhostnetworks',
  'deactivate',
  'refresh',
  'setupnetworks',
  'syncallnetworks',
] as const;

/** @param busy whether a network change is running; shown when the client asks for all content */
export function hostToWire(base: string, host: Host, busy: boolean | null): ApiObject<'host'> {
  const { href, id } = reference(base, 'hosts', host.id);
  const shown: ApiObject<'host'> = {
    href,
    id,
    ...actions(href, hostActions),
    name: host.name,
    comment: host.comment,
    link: links(href, [
      'networkattachments',
      'nics',
      'permissions',
      'revisions',
      'statistics',
      'tags',
      'unmanagednetworks',
    ]),
    address: host.address,
    external_status: 'ok',
    ...(busy === null ? {} : { network_operation_in_progress: busy }),
    os: {
      custom_kernel_cmdline: '',
      type: 'Linux',
      ...(host.kernel === '' ? {} : { version: { full_version: host.kernel } }),
    },
    port: 54321,
    // Clients read these before they compare what they were told with what they find.
    power_management: { enabled: false, kdump_detection: true },
    protocol: 'stomp',
    spm: { priority: 5, status: 'none' },
    status: host.status,
    ...(host.status !== 'non_operational' || host.statusReason === undefined
      ? {}
      : { status_detail: host.statusReason }),
    summary: { active: 0, migrating: 0, total: 0 },
    type: 'rhel',
    update_available: false,
    vgpu_placement: 'consolidated',
    cluster: reference(base, 'clusters', host.clusterId),
  };
  return overlay(shown, host.kept ?? {});
}
