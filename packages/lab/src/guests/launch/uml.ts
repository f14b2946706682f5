import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from './launch.ts';
import { searchPath } from './namespaces.ts';
import { onOneCpu } from './on-one-cpu.ts';

const modules = '/usr/lib/uml/modules';

/** A User-Mode Linux guest with this machine's files, read-only. `memory` is a cap as the kernel reads it ("512M"). */
export function uml(memory: string): Launch {
  return {
    kind: 'uml',
    command: (folder) => ({
      argv: [
        ...onOneCpu(),
        ...['linux.uml', `mem=${memory}`, `uml_dir=${join(folder, 'uml')}`, 'umid=lab'],
        ...['root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', `init=${join(folder, 'uml.sh')}`],
        ...['con=null', 'con0=fd:0,fd:1', 'ssl=null', 'ssl0=fd:3', 'quiet', 'loglevel=3', 'pty.legacy_count=0'],
        'initcall_blacklist=raid6_select_algo,calibrate_xor_blocks',
        ...[`LAB_PATH=${searchPath()}`, `LAB_NODE=${process.execPath}`, `LAB_FOLDER=${folder}`],
        `LAB_MODULES=${join(modules, readdirSync(modules)[0] ?? '')}`,
      ],
      // The guest's memory is a file there.
      env: { PATH: searchPath(), TMPDIR: '/dev/shm' },
    }),
  };
}
