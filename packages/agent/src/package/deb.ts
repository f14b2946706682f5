/** Makes the agent's Debian package, by dpkg-deb. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAgent } from '../bundle.ts';
import { type PackageFile, packageFiles } from './layout.ts';

export interface DebOptions {
  /** Where the package goes. */
  folder: string;
  version: string;
  /** Brings the Node.js that runs this along, so that the host needs none. */
  ownRuntime: boolean;
  /** As dpkg-deb has it. */
  compression: 'xz' | 'gzip' | 'none';
}

/** @returns path of the package. @throws with the words of dpkg-deb */
export async function buildDeb({ folder, version, ownRuntime, compression }: DebOptions): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'patchbay-deb-'));
  try {
    const built = join(work, 'built');
    await buildAgent(built);
    const units = fileURLToPath(new URL('../../systemd', import.meta.url));
    const architecture = ownRuntime
      ? execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim()
      : 'all';
    const root = join(work, 'root');
    const files = packageFiles({
      ...{ version, architecture, built },
      units: { folder: units, names: readdirSync(units).filter((name) => name.endsWith('.service')) },
      runtime: ownRuntime ? process.execPath : null,
      license: fileURLToPath(new URL('../../../../LICENSE', import.meta.url)),
    });
    for (const file of files) lay(root, file);
    mkdirSync(folder, { recursive: true });
    const deb = join(folder, `patchbay-agent_${version}_${architecture}.deb`);
    execFileSync('dpkg-deb', [`-Z${compression}`, '--root-owner-group', '--build', root, deb], { stdio: 'pipe' });
    return deb;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function lay(root: string, { path, content, mode = 0o644 }: PackageFile): void {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true, mode: 0o755 });
  if ('linkTo' in content) {
    symlinkSync(content.linkTo, at);
    return;
  }
  if ('text' in content) writeFileSync(at, content.text);
  else copyFileSync(content.copyOf, at);
  chmodSync(at, mode);
}
