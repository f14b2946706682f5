/** `script/package-agent [--own-runtime] [FOLDER]`: the agent as a Debian package. */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildDeb } from './deb.ts';

const { values, positionals } = parseArgs({
  options: { 'own-runtime': { type: 'boolean', default: false }, version: { type: 'string', default: '0.1.0' } },
  allowPositionals: true,
});
const deb = await buildDeb({
  folder: positionals[0] ?? 'dist',
  version: values.version,
  ownRuntime: values['own-runtime'],
  compression: 'xz',
});
console.log(`${deb} ${(statSync(deb).size / 1e6).toFixed(1)} MB`);
