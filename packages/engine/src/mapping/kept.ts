/** Members that say nothing about host networks, but that clients write and compare with what they read later. */
import type { Kept } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';

/** What is kept of each type. Nothing here may be a secret. */
const members = {
  data_center: ['quota_mode', 'storage_format', 'version'],
  cluster: [
    'ballooning_enabled',
    'bios_type',
    'cpu',
    'error_handling',
    'fencing_policy',
    'fips_mode',
    'firewall_type',
    'gluster_service',
    'gluster_tuned_profile',
    'ha_reservation',
    'ksm',
    'log_max_memory_used_threshold',
    'log_max_memory_used_threshold_type',
    'maintenance_reason_required',
    'memory_policy',
    'migration',
    'optional_reason',
    'required_rng_sources',
    'serial_number',
    'threads_as_cores',
    'trusted_service',
    'tunnel_migration',
    'virt_service',
    'vnc_encryption',
  ],
  host: ['spm', 'vgpu_placement'],
} as const;

/** What is kept of an entity after a client has sent it; what it did not send stays. */
export function keep<T extends keyof typeof members>(type: T, stored: Kept | undefined, body: ApiObject<T>): Kept {
  const sent = Object.entries(body).filter(([name]) => (members[type] as readonly string[]).includes(name));
  return { ...stored, ...Object.fromEntries(sent) };
}
