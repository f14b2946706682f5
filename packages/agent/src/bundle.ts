/** Builds what a host needs besides Node 20: `agent.mjs` and, beside it, `guard.mjs`, `dialler.mjs` and `dhcp6.mjs`. Nothing native in them. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export { NODE_FLAGS } from './node-flags.ts';

/** @param folder where the files go */
export async function buildAgent(folder: string): Promise<void> {
  await build({
    entryPoints: [
      { in: entry('./main.ts'), out: 'agent' },
      { in: entry('./guard/main.ts'), out: 'guard' },
      { in: entry('./dialler/main.ts'), out: 'dialler' },
      { in: entry('./dhcp/v6/main.ts'), out: 'dhcp6' },
    ],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'linked',
    // A change waits for the start of its guard, so there is less to read; names stay, for whoever reads a stack.
    minifyWhitespace: true,
    minifySyntax: true,
    // Dependencies that are CommonJS ask for node's modules by require.
    banner: {
      js: "import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);",
    },
    // Optional native helpers of ws, which does without them.
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'warning',
  });
}

function entry(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
