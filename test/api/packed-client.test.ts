/** The client as it is published: packed, installed into an empty folder, and used by programs that know nothing of us. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { pack } from '../../packages/client/pack/pack.ts';
import { program } from '../clients/client.ts';
import { makeNetwork, type System, startSystem } from './system.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the packed client', { timeout: 300_000 }, () => {
  let folder = '';
  let installed = '';
  let system: System;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-packed-'));
    installed = join(folder, 'node_modules/@patchbay/client');
    const archive = pack(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    await program('npm', ['install', '--prefix', folder, '--offline', '--no-audit', '--no-fund', archive]);
    system = await startSystem(1);
    await makeNetwork(system, 'red', { vlan: 101 });
  });
  after(async () => {
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the README is a program, and it works', async () => {
    const readme = readFileSync(join(installed, 'README.md'), 'utf8');
    const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code);
    assert.ok(examples.length >= 4);
    writeFileSync(join(folder, 'readme.js'), examples.join('\n'));
    const environment = { PATCHBAY_URL: system.api.url, PATCHBAY_PASSWORD: 'secret' };
    const said = await program(process.execPath, [join(folder, 'readme.js')], { environment });
    assert.match(said, /^eth0 1500 ovirtmgmt$/m);
    assert.match(said, /^Make bridge red$/m);
    assert.match(said, /^BOND-06 Bond bond1 needs at least two slaves, got 1\.$/m);
    assert.match(said, /^Synchronising all networks on host host1 finished$/m);
    assert.match(said, /^revision \d+ Setting up networks$/m);
    assert.match(said, /^normal /m);
    assert.ok((await system.hosts[0]?.memory.kernel.observe())?.links.some(({ name }) => name === 'bond0'));
  });

  test('its types hold in a strict program that sees nothing else of ours', async () => {
    writeFileSync(
      join(folder, 'typed.ts'),
      `import { type ApiObject, connect } from '@patchbay/client';
const api = connect({ url: 'https://engine', token: 't' });
export const plan: ApiObject<'host_change_preview'> = await api.hosts.id('h').setupNetworks({}, { preview: true });
export const mtus: (number | undefined)[] = (await api.networks.list({ max: 3 })).map(({ mtu }) => mtu);
// @ts-expect-error there is no such member
await api.hosts.id('h').setupNetworks({ modified_bond: [] });
// @ts-expect-error a number is a number
export const text: string = mtus[0];
`,
    );
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, module: 'nodenext', target: 'es2022' },
      ...{ lib: ['es2023', 'dom', 'dom.iterable'], types: [] },
    };
    const project = join(folder, 'tsconfig.json');
    writeFileSync(project, JSON.stringify({ compilerOptions, files: ['typed.ts'] }));
    await program(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', project]);
  });

  test('it needs nothing: no other package, no built-in, no older spelling', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
    assert.ok(files.length > 20);
    for (const file of files) {
      const text = readFileSync(join(installed, file), 'utf8');
      for (const [, from = ''] of text.matchAll(/^(?:import|export)\b.*?from ['"]([^'"]+)['"]/gm)) {
        assert.match(from, /^\.\.?\/.*\.js$/, file);
      }
      assert.doesNotMatch(file, /xml|dialects/);
    }
    assert.deepEqual(
      readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['@patchbay'],
    );
  });

  test('a bundler takes only what a program imports', async () => {
    const size = async (contents: string) => {
      const stdin = { contents, resolveDir: folder };
      const { outputFiles } = await build({
        stdin,
        bundle: true,
        format: 'esm',
        platform: 'browser',
        minify: true,
        write: false,
      });
      return outputFiles[0]?.contents.length ?? 0;
    };
    const whole = await size("export * from '@patchbay/client';");
    assert.ok(whole < 90_000, `${whole} bytes`);
    const errors = await size("import { ApiError } from '@patchbay/client'; console.log(ApiError);");
    assert.ok(errors < whole / 10, `${errors} of ${whole} bytes`);
  });
});
