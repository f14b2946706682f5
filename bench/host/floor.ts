/** What a person would write by hand for each workload: one `ip -batch`, nothing checked, nothing remembered. The floor. */
export interface Nics {
  /** Two nics for a bond, and one that carries VLANs by itself. */
  bonded: [string, string];
  single: string;
}

/** A VLAN device and a bridge on it, up. */
function pairs(base: string, from: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => from + at).flatMap((id) => [
    `link add link ${base} name ${base}.${id} type vlan id ${id}`,
    `link add name n${id} type bridge`,
    `link set dev ${base}.${id} master n${id} up`,
    `link set dev n${id} up`,
  ]);
}

function bond(nics: readonly string[]): string[] {
  return [
    'link add name bond7 type bond mode active-backup miimon 100',
    ...nics.flatMap((nic) => [`link set dev ${nic} down`, `link set dev ${nic} master bond7`]),
    'link set dev bond7 up',
  ];
}

/** W1: a bond of two nics and one untagged bridged network with a static address. */
export const w1 = ({ bonded }: Nics): string[] => [
  ...bond(bonded),
  'link add name n1 type bridge',
  'link set dev bond7 master n1',
  'link set dev n1 up',
  'addr add 198.51.100.5/24 dev n1',
];

/** W2: a bond of two nics and 50 VLANs with a bridge each. */
export const w2 = ({ bonded }: Nics): string[] => [...bond(bonded), ...pairs('bond7', 1000, 50)];

/** W3: 200 VLANs with a bridge each on one nic; B14 with more. */
export const w3 = ({ single }: Nics, count = 200): string[] => [
  `link set dev ${single} up`,
  ...pairs(single, 1000, count),
];

/** W4: ten more, on top of W3. */
export const w4 = ({ single }: Nics): string[] => pairs(single, 2000, 10);

/** W5: all of them taken away, one by one. */
export const w5 = ({ single }: Nics, ids: readonly number[]): string[] =>
  ids.flatMap((id) => [`link del dev ${single}.${id}`, `link del dev n${id}`]);

/** The same by one who knows that links of a group go together, much faster. */
export const w5ByGroup = ({ single }: Nics, ids: readonly number[]): string[] => [
  ...ids.flatMap((id) => [`link set dev ${single}.${id} group 99`, `link set dev n${id} group 99`]),
  'link del group 99',
];

/** What W1 and W2 leave, taken away. */
export const undo = ({ bonded }: Nics, bridges: readonly number[]): string[] => [
  ...bridges.map((id) => `link del dev n${id}`),
  'link del dev bond7',
  ...bonded.map((nic) => `link set dev ${nic} up`),
];
