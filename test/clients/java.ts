/** What comes from Java's registry: the SDK. */
import { cpSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { outcomesOf, type PublishedClient, program } from './client.ts';

const source = fileURLToPath(new URL('java', import.meta.url));

export const javaSdk: PublishedClient = {
  name: 'Java SDK (org.ovirt.engine.api:sdk)',
  version: '4.4.5',
  async install(folder) {
    cpSync(source, folder, { recursive: true });
    const goals = ['compile', 'dependency:build-classpath', `-Dmdep.outputFile=${folder}/classpath`];
    await program('mvn', ['--quiet', '--batch-mode', '--file', `${folder}/pom.xml`, ...goals]);
  },
  async run(folder, { url, password, outside }) {
    const classpath = `${folder}/target/classes:${await readFile(`${folder}/classpath`, 'utf8')}`;
    return outcomesOf(await program('java', ['-cp', classpath.trim(), 'Suite', url, password, outside]));
  },
};
