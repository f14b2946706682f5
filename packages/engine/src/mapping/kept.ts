/** Members that say nothing about host networks, but that clients write and compare with what they read later. */
import type { Kept } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';

/** What is kept of each type; a dot leads into a member. Nothing here may be a secret. */
const members = {
  data_center: ['mac_pool', 'quota_mode', 'storage_format', 'version'],
  cluster: [
    'ballooning_enabled',
    'bios_type',
    'cpu',
    'custom_scheduling_policy_properties',
    'display',
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
    'mac_pool',
    'maintenance_reason_required',
    'memory_policy',
    'migration',
    'optional_reason',
    'required_rng_sources',
    'scheduling_policy',
    'serial_number',
    'threads_as_cores',
    'trusted_service',
    'tunnel_migration',
    'virt_service',
    'vnc_encryption',
  ],
  host: [
    'display.address',
    'os.custom_kernel_cmdline',
    'power_management.enabled',
    'power_management.kdump_detection',
    'spm.priority',
    'ssh.port',
    'vgpu_placement',
  ],
} as const;

/** What is kept of an entity after a client has sent it; what it did not send stays, in structures as well. */
export function keep<T extends keyof typeof members>(type: T, stored: Kept | undefined, body: ApiObject<T>): Kept {
  const sent = members[type].map((path) => pick(body as Kept, path.split('.')));
  return sent.reduce(overlay, stored ?? {});
}

/** One above the other: structures member by member, lists and plain values as a whole. */
export function overlay(below: Kept, above: Kept): Kept {
  const result: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = result[name];
    result[name] = isStructure(under) && isStructure(value) ? overlay(under, value) : value;
  }
  return result;
}

/** The member of that path alone, inside what holds it; nothing when it was not sent. */
function pick(from: Kept, [name = '', ...rest]: readonly string[]): Kept {
  const value = from[name];
  if (value === undefined) return {};
  if (rest.length === 0) return { [name]: value };
  const inner = isStructure(value) ? pick(value, rest) : {};
  return Object.keys(inner).length === 0 ? {} : { [name]: inner };
}

function isStructure(value: unknown): value is Kept {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
