/** `script/pack-client [FOLDER]`: makes the archive that can be published, and says where it is. */
import { pack } from './pack.ts';

process.stdout.write(`${pack(process.argv[2] ?? '.')}\n`);
