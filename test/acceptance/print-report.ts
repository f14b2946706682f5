import { writeFileSync } from 'node:fs';
import { report } from './report.ts';

writeFileSync('docs/acceptance.md', report());
