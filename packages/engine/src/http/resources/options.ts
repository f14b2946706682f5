/** `/options/{name}`: what an administrator has set, by oVirt's names (wire 5.12). There is no list. */
import { newestVersion } from '@patchbay/model';
import type { Engine } from '../../operations/engine.ts';
import { settingTexts } from '../../operations/settings.ts';
import { notFound } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { get } from '../verbs.ts';

/** Options that clients of oVirt read and that cannot be set here. */
const fixed: Readonly<Record<string, string>> = {
  DefaultMTU: '1500',
  UserSessionTimeOutInterval: '30',
  VdcVersion: '4.5.8',
};

const versionText = `${newestVersion.major}.${newestVersion.minor}`;

export function options(engine: Engine): Route[] {
  const find = async (request: ApiRequest) => {
    const name = request.params['option'] ?? '';
    const values = { ...fixed, ...(await settingTexts(engine.store)) };
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? notFound('option', name) : { name, value };
  };
  return [
    get('system_option', '/options/:option', find, ({ name, value }, { base, query }) => ({
      href: `${base}/options/${name}`,
      id: name,
      name,
      values: [{ value, version: query.text('version') || (name in fixed ? 'general' : versionText) }],
    })),
  ];
}
