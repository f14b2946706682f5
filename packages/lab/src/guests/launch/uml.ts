import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from './launch.ts';
import { searchPath } from './namespaces.ts';

const modules = '/usr/lib/uml/modules';

/** A User-Mode Linux guest with this machine's files, read-only. `memory` is a cap as the kernel reads it ("512M"). */
export function uml(memory: string): Launch {
  return {
    kind: 'uml',
    command: (folder) => ({
      argv: [
        // The guest's kernel and its processes are host processes that never run at the same time: on one CPU they
        // hand over to each other three to four times faster than across two.
        ...['taskset', '--cpu-list', `${quietestCpu()}`],
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

/** Of the CPUs this process may use, one that the fewest other guests are tied to. */
function quietestCpu(): number {
  const guests = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(processStatus)
    .filter((status) => status.startsWith('Name:\tlinux.uml\n'))
    .map(cpus);
  const users = (cpu: number): number => guests.filter((used) => used.length === 1 && used[0] === cpu).length;
  return cpus(processStatus('self')).reduce((best, cpu) => (users(cpu) < users(best) ? cpu : best));
}

function processStatus(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function cpus(status: string): number[] {
  const list = /^Cpus_allowed_list:\t(.*)$/m.exec(status)?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
