import { architecture, cpuMode, displayType, rngSource, videoType } from './enums.ts';
import { answer, boolean, decimal, int, oneOf, string, struct, type Table, values } from './field.ts';

/** What a machine is made of. Shown for hosts, in part accepted for clusters. */
export const hardwareTypes = {
  cpu: {
    plural: 'cpus',
    doc: 'Processors.',
    fields: {
      architecture: oneOf(architecture, 'Instruction set.'),
      level: int('Rank of the model.'),
      mode: oneOf(cpuMode, 'How machines see the processor.'),
      name: string('Model name.'),
      speed: decimal('Megahertz.'),
      topology: struct('cpu_topology', 'Sockets, cores, threads.'),
      type: string('Cluster processor type.'),
    },
    ignored: ['cores', 'cpu_tune'],
  },
  cpu_topology: {
    plural: 'cpu_topologies',
    doc: 'Layout of processors.',
    fields: { cores: int('Cores per socket.'), sockets: int('Sockets.'), threads: int('Threads per core.') },
  },
  os: {
    plural: 'oss',
    doc: 'An operating system.',
    fields: {
      cmdline: string('Kernel parameters of a virtual machine.'),
      custom_kernel_cmdline: string('Kernel parameters added by the administrator; an empty text when none.'),
      description: string('Name for people.'),
      initrd: string('Initial file system.'),
      kernel: string('Kernel.'),
      reported_kernel_cmdline: string('Kernel parameters in effect.'),
      type: string('Distribution.'),
      version: struct('version', 'Version of the distribution.'),
    },
    ignored: ['boot'],
  },
  hardware_information: {
    plural: 'hardware_informations',
    doc: 'What the firmware tells.',
    fields: {
      family: string('Family.'),
      manufacturer: string('Manufacturer.'),
      product_name: string('Product.'),
      serial_number: string('Serial number.'),
      supported_rng_sources: answer(values('supported_rng_source', oneOf(rngSource, 'Sources of random numbers.'))),
      uuid: string('Identity of the machine.'),
      version: string('Version.'),
    },
  },
  display: {
    plural: 'displays',
    doc: 'A console.',
    fields: {
      address: string('Address of the console.'),
      allow_override: boolean('Whether a second client may take over.'),
      copy_paste_enabled: boolean('Whether the clipboard is shared.'),
      disconnect_action: string('What happens when the client leaves.'),
      disconnect_action_delay: int('Minutes until that happens.'),
      file_transfer_enabled: boolean('Whether files can be dropped.'),
      keyboard_layout: string('Layout of the keyboard.'),
      monitors: int('Number of screens.'),
      port: int('Port without encryption.'),
      proxy: string('Proxy in front of the console.'),
      secure_port: int('Port with encryption.'),
      single_qxl_pci: boolean('Deprecated.'),
      smartcard_enabled: boolean('Whether a smart card is passed on.'),
      type: oneOf(displayType, 'Protocol.'),
      video_type: oneOf(videoType, 'Video device.'),
    },
    ignored: ['certificate'],
  },
  ksm: {
    plural: 'ksms',
    doc: 'Merging of equal memory pages.',
    fields: {
      enabled: boolean('On or off.'),
      merge_across_nodes: boolean('Whether pages of different NUMA nodes are merged.'),
    },
  },
  transparent_hugepages: {
    plural: 'transparent_huge_pagess',
    doc: 'Huge pages used by the kernel by itself.',
    fields: { enabled: boolean('On or off.') },
  },
} as const satisfies Record<string, Table>;
