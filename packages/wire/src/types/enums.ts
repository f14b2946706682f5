/** The closed word lists of the API, as written on the wire. */

export const bootProtocol = ['none', 'static', 'dhcp', 'autoconf', 'poly_dhcp_autoconf'] as const;
export const ipVersion = ['v4', 'v6'] as const;
export const nicStatus = ['up', 'down'] as const;
export const networkStatus = ['operational', 'non_operational'] as const;
export const networkUsage = ['vm', 'display', 'migration', 'management', 'default_route', 'gluster'] as const;
export const qosType = ['hostnetwork', 'network', 'storage', 'cpu'] as const;
export const creationStatus = ['pending', 'in_progress', 'complete', 'failed'] as const;

export const hostStatus = [
  'up',
  'down',
  'maintenance',
  'preparing_for_maintenance',
  'installing',
  'install_failed',
  'initializing',
  'connecting',
  'non_operational',
  'non_responsive',
  'error',
  'reboot',
  'unassigned',
  'pending_approval',
  'installing_os',
  'kdumping',
] as const;
export const hostType = ['rhel', 'ovirt_node', 'rhev_h'] as const;
export const hostProtocol = ['stomp', 'xml'] as const;
export const externalStatus = ['ok', 'info', 'warning', 'error', 'failure'] as const;
export const autoNumaStatus = ['disable', 'enable', 'unknown'] as const;
export const kdumpStatus = ['unknown', 'disabled', 'enabled'] as const;
export const seLinuxMode = ['enforcing', 'permissive', 'disabled'] as const;
export const spmStatus = ['none', 'contending', 'spm'] as const;
export const powerManagementStatus = ['on', 'off', 'unknown'] as const;
export const sshAuthenticationMethod = ['password', 'publickey'] as const;
export const vgpuPlacement = ['consolidated', 'separated'] as const;
export const architecture = ['undefined', 'x86_64', 'ppc64', 's390x', 'aarch64', 'loongarch64'] as const;
export const cpuMode = ['custom', 'host_model', 'host_passthrough'] as const;
export const rngSource = ['random', 'urandom', 'hwrng'] as const;
export const displayType = ['vnc', 'spice'] as const;
export const videoType = ['bochs', 'cirrus', 'vga', 'qxl'] as const;

export const dataCenterStatus = [
  'uninitialized',
  'up',
  'maintenance',
  'not_operational',
  'problematic',
  'contend',
] as const;
export const quotaMode = ['enabled', 'disabled', 'audit'] as const;
export const storageFormat = ['v1', 'v2', 'v3', 'v4', 'v5'] as const;

export const switchType = ['legacy', 'ovs'] as const;
export const firewallType = ['iptables', 'firewalld'] as const;
export const fipsMode = ['undefined', 'disabled', 'enabled'] as const;
export const biosType = ['cluster_default', 'i440fx_sea_bios', 'q35_sea_bios', 'q35_ovmf', 'q35_secure_boot'] as const;
export const memoryThresholdType = ['percentage', 'absolute_value_in_mb'] as const;
export const migrateOnError = ['migrate', 'do_not_migrate', 'migrate_highly_available'] as const;
export const inheritableBoolean = ['true', 'false', 'inherit'] as const;
export const bandwidthAssignment = ['auto', 'hypervisor_default', 'custom'] as const;
export const parallelMigrations = ['inherit', 'auto', 'auto_parallel', 'disabled', 'custom'] as const;
export const serialNumberPolicy = ['host', 'vm', 'custom', 'none'] as const;

export const eventSeverity = ['normal', 'warning', 'error', 'alert'] as const;
export const jobStatus = ['started', 'finished', 'failed', 'aborted', 'unknown'] as const;
export const stepType = [
  'validating',
  'executing',
  'finalizing',
  'rebalancing_volume',
  'removing_bricks',
  'unknown',
] as const;
export const externalSystem = ['vdsm', 'gluster'] as const;
export const statisticKind = ['gauge', 'counter'] as const;
export const statisticType = ['integer', 'decimal', 'string'] as const;
export const statisticUnit = [
  'none',
  'bytes',
  'bytes_per_second',
  'bits_per_second',
  'count_per_second',
  'percent',
  'seconds',
] as const;

export const passThroughMode = ['enabled', 'disabled'] as const;
export const openstackProviderType = ['neutron', 'external'] as const;

export const configEntryKind = ['nic', 'bond', 'network'] as const;
export const configEntryChange = ['added', 'removed', 'changed'] as const;
