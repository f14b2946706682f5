import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Makes one ES module for Node of a TypeScript file and all it imports, at `outfile`. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'silent',
    // CommonJS packages in the bundle still call `require` for Node's own modules.
    banner: { js: "import { createRequire as _r } from 'node:module'; const require = _r(import.meta.url);" },
  });
}

/** Path of a file beside this one. */
export const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
