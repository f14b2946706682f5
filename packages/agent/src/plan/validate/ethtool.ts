import { ethtoolOf } from '../../observe/ethtool.ts';
import {
  FIRST_TABLE,
  IPV4_SETTINGS,
  IPV6_SETTINGS,
  MAX_ALIAS,
  OUR_TABLES,
  readAlias,
  takenAlias,
  withTable,
} from '../../observe/ownership.ts';
import { ethtoolTarget } from '../target-ethtool.ts';
import { type Case, type Finding, first, problem } from './finding.ts';

const settings = [...IPV4_SETTINGS.map((name) => `ipv4/${name}`), ...IPV6_SETTINGS.map((name) => `ipv6/${name}`)];

/** Whatever else a mark may have to keep. */
const LONGEST = {
  mtu: 65535,
  ipv6: false,
  holder: 'a'.repeat(15),
  sysctls: Object.fromEntries(settings.map((key) => [key, '0'])),
  alias: 'a'.repeat(60),
};

/** A nic that was looked at shows every setting that can be changed, so what it does not show cannot. */
export function ethtoolProblem({ links, config }: Case): Finding {
  const wishes = new Map<string, string>();
  for (const [name, { base, ethtool = [] }] of Object.entries(config.networks)) {
    const nics = config.bonds[base ?? '']?.slaves ?? (base === null ? [] : [base]);
    if (ethtool.length > 0 && nics.some((nic) => links.get(nic)?.kind === 'bond')) {
      return problem(
        'ERR_BAD_PARAMS',
        `Network ${name}: ${base} is not managed here; name it as a bond to set up its nics.`,
      );
    }
    for (const { device, section, values } of ethtool) {
      if (device !== '*' && !nics.includes(device)) {
        return problem('ERR_BAD_PARAMS', `Network ${name}: ${device} does not carry it.`);
      }
      for (const nic of device === '*' ? nics : [device]) {
        for (const [setting, value] of Object.entries(values)) {
          const key = `${nic} ${section} ${setting}`;
          if (wishes.has(key) && wishes.get(key) !== value) {
            return problem('ERR_BAD_PARAMS', `Network ${name}: another network wants ${setting} of ${nic} otherwise.`);
          }
          wishes.set(key, value);
          const shown = links.get(nic)?.ethtool;
          if (shown !== undefined && shown[section]?.[setting] === undefined) {
            return problem('ERR_BAD_PARAMS', `Network ${name}: ${setting} (${section}) of ${nic} cannot be changed.`);
          }
        }
      }
    }
  }
  return first(ethtoolOf(config), ([nic, wanted]) => {
    const link = links.get(nic);
    const { originals } = ethtoolTarget(wanted, readAlias(link?.alias ?? null)?.ethtool ?? {}, link?.ethtool ?? {});
    const alias = takenAlias({ ...LONGEST, ethtool: originals });
    return withTable(alias, FIRST_TABLE + OUR_TABLES - 1).length <= MAX_ALIAS
      ? null
      : problem('ERR_BAD_PARAMS', `${nic}: more settings are changed than can be remembered to take them back.`);
  });
}
