/** What an administrator sets for the whole engine, by the names that oVirt's own tool has for it, or such as it would have. */
import { defaultSettings, type RepairClass, repairClasses, type Settings } from '@patchbay/model';
import type { Reader, Store } from '../store/index.ts';

/** How a setting is read; null when the text is none. */
interface Reading<K extends keyof Settings> {
  key: K;
  says: string;
  read(text: string): Settings[K] | null;
}

const wholeNumber = (text: string): number | null => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null);

const settings: Readonly<
  Record<
    string,
    | Reading<'maxQosShare' | 'maxQosRate' | 'maxCommittedPercent' | 'revisionsKept' | 'nicDownGrace'>
    | Reading<'customProperties'>
    | Reading<'changesRehearsed'>
    | Reading<'repairs'>
  >
> = {
  MaxHostNetworkQosShares: { key: 'maxQosShare', says: 'a whole number', read: wholeNumber },
  MaxAverageNetworkQoSValue: { key: 'maxQosRate', says: 'a whole number of Mbit/s', read: wholeNumber },
  MaxCommittedNetworkQosPercentage: {
    key: 'maxCommittedPercent',
    says: 'a whole number of percent',
    read: wholeNumber,
  },
  HostNetworkRevisionsKept: { key: 'revisionsKept', says: 'a whole number of revisions per host', read: wholeNumber },
  // In seconds, in spite of its name, as in oVirt.
  NicDHCPDelayGraceInMS: { key: 'nicDownGrace', says: 'a whole number of seconds', read: wholeNumber },
  HostNetworkChangesRehearsed: {
    key: 'changesRehearsed',
    says: 'true or false',
    read: (text) => (text === 'true' ? true : text === 'false' ? false : null),
  },
  HostNetworkRepair: {
    key: 'repairs',
    says: `report, repair, or some of ${repairClasses.join(', ')} with commas between them`,
    read: repairs,
  },
  UserDefinedNetworkCustomProperties: {
    key: 'customProperties',
    says: 'properties as NAME=PATTERN with semicolons between them',
    read: properties,
  },
};

/** What is set, and oVirt's values for the rest. */
export async function readSettings(store: Reader): Promise<Settings> {
  const stored = await store.list('setting');
  return Object.assign({ ...defaultSettings }, ...stored.map(({ id, value }) => parsed(id, value) ?? {}));
}

/** Every setting by its name, as text. */
export async function settingTexts(store: Reader): Promise<Record<string, string>> {
  const values = await readSettings(store);
  const text = (value: Settings[keyof Settings]) =>
    Array.isArray(value)
      ? value.join(',') || 'report'
      : typeof value === 'object'
        ? Object.entries(value)
            .map(([name, pattern]) => `${name}=${pattern}`)
            .join(';')
        : String(value);
  return Object.fromEntries(Object.entries(settings).map(([name, { key }]) => [name, text(values[key])]));
}

/** Keeps settings. @throws with a sentence for the administrator when one of them is none */
export async function writeSettings(store: Store, given: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(given)) {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (setting === undefined) {
      throw new Error(`There is no setting ${name}; there are ${Object.keys(settings).join(', ')}.`);
    }
    if (parsed(name, value) === null) throw new Error(`Setting ${name} must be ${setting.says}, not "${value}".`);
  }
  await store.write(async (tx) => {
    for (const [id, value] of Object.entries(given)) await tx.put('setting', { id, value });
  });
}

function parsed(name: string, value: string): Partial<Settings> | null {
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
  const read = setting?.read(value) ?? null;
  return setting === undefined || read === null ? null : { [setting.key]: read };
}

/** `report` allows nothing, `repair` everything. */
function repairs(text: string): RepairClass[] | null {
  if (text === 'report') return [];
  if (text === 'repair') return [...repairClasses];
  const named = text.split(',').map((one) => one.trim());
  const known = repairClasses.filter((one) => named.includes(one));
  return known.length === new Set(named).size ? known : null;
}

/** `ethtool_opts=.*;colour=^(red|blue)$`: each pattern has to match a whole value. */
function properties(text: string): Record<string, string> | null {
  const declared: Record<string, string> = {};
  for (const entry of text.split(';').filter((one) => one.trim() !== '')) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.+)$/s.exec(entry);
    if (match === null) return null;
    const [, name = '', pattern = ''] = match;
    try {
      new RegExp(`^(?:${pattern})$`, 's');
    } catch {
      return null;
    }
    declared[name] = pattern;
  }
  return declared;
}
