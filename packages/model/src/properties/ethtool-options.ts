/**
 * The custom property `ethtool_opts`: words as ethtool itself takes them, `-K * gro off -G eth0 rx 512`. Only what can be
 * read back is allowed, so that every setting can be compared, and taken back.
 */

/** What a setting is about; the names of ethtool's own sections. */
export type EthtoolSection = 'features' | 'coalesce' | 'ring' | 'pause' | 'channels' | 'link';

/** One wish: `device` is a nic, or `*` for every nic of the network. */
export interface EthtoolWish {
  device: string;
  section: EthtoolSection;
  /** Name to value, as ethtool spells them. */
  values: Record<string, string>;
}

const sections: Readonly<Record<string, EthtoolSection>> = {
  ...{ '-K': 'features', '--offload': 'features', '--features': 'features' },
  ...{ '-C': 'coalesce', '--coalesce': 'coalesce' },
  ...{ '-G': 'ring', '--set-ring': 'ring' },
  ...{ '-A': 'pause', '--pause': 'pause' },
  ...{ '-L': 'channels', '--set-channels': 'channels' },
  ...{ '-s': 'link', '--change': 'link' },
};

const onOff = /^(on|off)$/;
const number = /^\d{1,9}$/;

/** Names that a section knows, and the values each takes. */
const known: Readonly<Record<EthtoolSection, readonly (readonly [name: RegExp, value: RegExp])[]>> = {
  features: [[/^[a-z][a-z0-9_-]*$/, onOff]],
  coalesce: [
    [/^adaptive-[rt]x$/, onOff],
    [/^(rx|tx)-(usecs|frames)(-irq|-low|-high)?$/, number],
    [/^(stats-block-usecs|sample-interval|pkt-rate-low|pkt-rate-high)$/, number],
  ],
  ring: [[/^(rx|rx-mini|rx-jumbo|tx)$/, number]],
  pause: [[/^(autoneg|rx|tx)$/, onOff]],
  channels: [[/^(rx|tx|other|combined)$/, number]],
  link: [
    [/^speed$/, number],
    [/^duplex$/, /^(half|full)$/],
    [/^autoneg$/, onOff],
    [/^wol$/, /^([pumbagsf]+|d)$/],
  ],
};

/** Wishes of a text that has passed {@link ethtoolOptionsProblem}. */
export function ethtoolOptions(text: string | undefined): EthtoolWish[] {
  const wishes: EthtoolWish[] = [];
  const words = (text ?? '').split(/\s+/).filter(Boolean);
  for (let at = 0; at < words.length; ) {
    const section = sections[words[at] ?? ''];
    const wish = { device: words[at + 1] ?? '', section: section ?? 'features', values: {} as Record<string, string> };
    for (at += 2; at < words.length && !words[at]?.startsWith('-'); at += 2) {
      wish.values[words[at] ?? ''] = words[at + 1] ?? '';
    }
    wishes.push(wish);
  }
  return wishes;
}

/** A text that says these wishes. */
export function ethtoolText(wishes: readonly EthtoolWish[]): string {
  const option = (section: EthtoolSection) => Object.keys(sections).find((one) => sections[one] === section);
  return wishes
    .flatMap(({ device, section, values }) => [option(section), device, ...Object.entries(values).flat()])
    .join(' ');
}

/**
 * What is wrong with an `ethtool_opts` text, in words; null when nothing is.
 * @param nics that carry the network: a bond's slaves, or the nic itself
 */
export function ethtoolOptionsProblem(text: string, nics: readonly string[]): string | null {
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0) return 'must name at least one setting';
  if (!words[0]?.startsWith('-')) return 'must start with a setting such as "-K"';
  for (const [at, word] of words.entries()) {
    if (!/^[A-Za-z0-9_.:*-]+$/.test(word)) return `contains "${word}", which is not an ethtool word`;
    if (!word.startsWith('-')) continue;
    if (!Object.hasOwn(sections, word)) return `uses "${word}", which may not be set this way`;
    const device = words[at + 1];
    if (device === undefined || device.startsWith('-')) return `names no device after "${word}"; give a nic or "*"`;
  }
  for (const { device, section, values } of ethtoolOptions(text)) {
    if (device !== '*' && !nics.includes(device)) {
      return `names ${device}, which does not carry the network; give ${nics.join(', ')} or "*"`;
    }
    const problem = valuesProblem(section, values);
    if (problem !== null) return problem;
  }
  return null;
}

function valuesProblem(section: EthtoolSection, values: Readonly<Record<string, string>>): string | null {
  const pairs = Object.entries(values);
  if (pairs.length === 0) return `sets nothing of the ${section} section`;
  for (const [name, value] of pairs) {
    const entry = known[section].find(([pattern]) => pattern.test(name));
    if (entry === undefined) return `sets "${name}", which the ${section} section does not have`;
    if (!entry[1].test(value)) return `gives "${name}" the value "${value}", which it cannot take`;
  }
  return null;
}
