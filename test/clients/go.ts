/** What comes from Go's module proxy: the SDK. */
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { outcomesOf, type PublishedClient, program } from './client.ts';

const source = fileURLToPath(new URL('go', import.meta.url));

export const goSdk: PublishedClient = {
  name: 'Go SDK (github.com/ovirt/go-ovirt)',
  version: '4.4.3, v0.0.0-20220427092237-114c47f2835c',
  async install(folder) {
    cpSync(source, folder, { recursive: true });
    // Hundreds of thousands of lines of it: building them without optimising takes half the time.
    await program('go', ['build', '-gcflags=all=-N -l', '-o', 'suite', '.'], { folder });
  },
  run: async (folder, { url, password, outside }) =>
    outcomesOf(await program(`${folder}/suite`, [url, password, outside])),
};
