/** Makes the package that is published: JavaScript and declarations, and a manifest of its own. Sources stay as they are. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const source = join(root, 'packages/client');
const entry = join(source, 'src/index.ts');

/** @param destination a folder that exists @returns path of the archive */
export function pack(destination: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-client-'));
  try {
    compile(folder);
    joinWithTables(folder);
    writeManifest(folder);
    copyFileSync(join(source, 'README.md'), join(folder, 'README.md'));
    for (const file of ['LICENSE', 'NOTICE']) copyFileSync(join(root, file), join(folder, file));
    const said = execFileSync('npm', ['pack', folder, '--pack-destination', resolve(destination), '--json'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ filename = '' } = {}] = JSON.parse(said) as { filename?: string }[];
    return join(resolve(destination), filename);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Every source that is reached, as JavaScript with its declarations, one file each: what a program does not import is left
 * out by its bundler.
 */
function compile(folder: string): void {
  const { compilerOptions } = readJson(join(root, 'tsconfig.json')) as { compilerOptions: object };
  const ours = {
    ...{ noEmit: false, incremental: false, tsBuildInfoFile: undefined, allowImportingTsExtensions: false },
    ...{ target: 'es2022', declaration: true, rewriteRelativeImportExtensions: true },
    ...{ rootDir: join(root, 'packages'), outDir: folder, typeRoots: [join(root, 'node_modules/@types')] },
    // What is found below `node_modules` is taken for somebody else's, and not compiled.
    paths: { '@patchbay/wire/client': [join(root, 'packages/wire/src/client.ts')] },
  };
  const project = join(folder, 'tsconfig.json');
  writeFileSync(project, JSON.stringify({ compilerOptions: { ...compilerOptions, ...ours }, files: [entry] }));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', project], {
    stdio: 'inherit',
  });
  rmSync(project);
}

/** The package of the tables is not published: what is imported from it stands beside. */
function joinWithTables(folder: string): void {
  const tables = join(folder, 'wire/src/client.js');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(js|d\.ts)$/.test(file)) continue;
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8')
      .replace(/(['"])@patchbay\/wire\/client\1/g, `$1${relative(dirname(path), tables)}$1`)
      // Declarations keep the names of the sources.
      .replace(/(from |import\()(['"])(\.[^'"]*)\.ts\2/g, '$1$2$3.js$2');
    writeFileSync(path, text);
  }
}

function writeManifest(folder: string): void {
  const { name, version, license, description } = readJson(join(source, 'package.json'));
  const { engines } = readJson(join(root, 'package.json'));
  const exports = { '.': { types: './client/src/index.d.ts', default: './client/src/index.js' } };
  const manifest = { name, version, license, description, type: 'module', sideEffects: false, engines, exports };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
