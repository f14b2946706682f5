/** Runs on a lab host: `run.ts [small large huge]` rounds; prints one line per workload, then all rows as JSON. */
import { type Kernel, kernelAlone } from '@patchbay/agent';
import { Bench, lineOf, type Row } from './measure.ts';

export function measure(kernel: Kernel, rounds = { small: 5, large: 3, huge: 1 }): Promise<Row[]> {
  return new Bench(kernel, { bonded: ['eth1', 'eth2'], single: 'eth3' }).run(rounds);
}

const kernel = kernelAlone();
const [small = 5, large = 3, huge = 1] = process.argv.slice(2).map(Number);
const rows = await measure(kernel, { small, large, huge });
for (const row of rows) console.log(lineOf(row));
console.log(JSON.stringify(rows));
