/** Runs on a lab host: `run.ts FOLDER [small large huge]`, the folder with an agent, rounds of each; prints one line per measurement. */
import { line } from '../measured.ts';
import { idle } from './idle.ts';
import { measure } from './measure.ts';

const [folder = '', ...counts] = process.argv.slice(2);
const [small = 5, large = 5, huge = 1] = counts.map(Number);
for (const one of await measure(`${folder}/guard.mjs`, { small, large, huge })) console.log(line(one));
for (const one of await idle(folder)) console.log(line(one));
process.exit(0);
