/** What comes from Ruby's registry: the SDK. */
import { fileURLToPath } from 'node:url';
import { outcomesOf, type PublishedClient, program } from './client.ts';

const version = '4.6.1';

export const rubySdk: PublishedClient = {
  name: 'Ruby SDK (ovirt-engine-sdk)',
  version,
  async install(folder) {
    const flags = ['--no-document', '--install-dir', folder, '--version', version];
    await program('gem', ['install', ...flags, 'ovirt-engine-sdk']);
  },
  run: async (folder, { url, password, outside }) =>
    outcomesOf(
      await program('ruby', [fileURLToPath(new URL('ruby/suite.rb', import.meta.url)), url, password, outside], {
        environment: { GEM_HOME: folder, GEM_PATH: folder },
      }),
    ),
};
