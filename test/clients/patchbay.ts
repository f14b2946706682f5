/** Our own client, as it is published: packed, installed, and given the founding operations. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { connect } from '@patchbay/client';
import { pack } from '../../packages/client/pack/pack.ts';
import { beginWalk, foundingOperations } from '../seed/by-client.ts';
import { done, type Outcome, type PublishedClient, program } from './client.ts';

export const patchbay: PublishedClient = {
  name: 'Patchbay client (@patchbay/client)',
  version: '0.1.0',
  async install(folder) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/package.json`, '{ "private": true, "type": "module" }');
    await program('npm', ['install', '--prefix', folder, '--offline', '--no-audit', '--no-fund', pack(folder)]);
  },
  async run(folder, target) {
    const packed = pathToFileURL(`${folder}/node_modules/@patchbay/client/client/src/index.js`);
    const client = (await import(packed.href)) as { connect: typeof connect };
    const api = client.connect({ url: target.url, user: 'admin@internal', password: target.password });
    const walk = await beginWalk(api, 'host1');
    const outcomes: Outcome[] = [];
    for (const [operation, work] of Object.entries(foundingOperations)) {
      outcomes.push(await done(target, operation, () => work(walk)));
    }
    await api.signOut();
    return outcomes;
  },
};
