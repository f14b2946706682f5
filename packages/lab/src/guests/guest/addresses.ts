/** Fixed numbers of the lab, so that a test can name an address without asking. */

const byte = (n: number): string => n.toString(16).padStart(2, '0');

/** Hosts are counted from 1, nics from 0. */
export const hostName = (host: number): string => `host${host}`;
export const nicName = (nic: number): string => `eth${nic}`;
/** The switch's end of a cable. */
export const portName = (host: string, nic: string): string => `${host}-${nic}`;
export const nicMac = (host: number, nic: number): string => `02:00:00:${byte(host)}:00:${byte(nic)}`;
export const portMac = (host: number, nic: number): string => `02:00:00:${byte(host)}:01:${byte(nic)}`;

/** The switch on the management network: router, DHCP server, and where tunnels begin. */
export const switchAddress = '192.168.100.1';
export const switchMac = '02:00:00:00:00:01';
export const managementAddress = (host: number): string => `192.168.100.${10 + host}`;

/** The /24 of a VLAN, without its last byte; 0 is the untagged management network. */
export const subnet = (vlan: number): string => (vlan === 0 ? '192.168.100' : `10.${vlan >> 8}.${vlan & 255}`);
