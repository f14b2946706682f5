/**
 * The guest's kernel and its processes are host processes that never run at the same time: on one CPU they hand over to each other
 * three to four times faster than across two.
 */
import { readFileSync } from 'node:fs';

/** Of the CPUs in `$0`, the first of those that fewest others have. It is held by a lock, so of two that begin at once none takes the other's. */
const TAKE = `
for others in 0 1 2 3 4 5 6 7 8 9; do
  for cpu in $0; do
    exec 9>"$TMPDIR/patchbay-cpu-$cpu.$others"
    flock --nonblock 9 && exec taskset --cpu-list "$cpu" "$@"
  done
done
exec "$@"
`;

/** Words before a command that tie it, and all that it starts, to one CPU as long as it lives. They need `TMPDIR`, the same for all. */
export function onOneCpu(): string[] {
  return ['sh', '-c', TAKE, cpus().join(' ')];
}

/** CPUs that this process may use. */
export function cpus(): number[] {
  const list = /^Cpus_allowed_list:\t(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
