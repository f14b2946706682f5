import { aliases, olderTypes, settle, typeAliases } from '../dialects/requests.ts';
import { types } from '../types/index.ts';
import { compileReading, type ReadType } from './read-type.ts';

const older = { aliases, tags: typeAliases, settle };

const requests = compileReading({ ...types, ...olderTypes }, { otherSide: 'answer', spellings: older, lenient: false });
const answers = compileReading(types, {
  otherSide: 'request',
  spellings: { ...older, aliases: {} },
  lenient: false,
});

export type Side = 'request' | 'answer';

/** How a type is read from requests (by the engine) or from answers (by a client). */
export function readType(side: Side, name: string): ReadType {
  const type = (side === 'request' ? requests : answers).get(name);
  if (!type) throw new Error(`no table describes ${name}`);
  return type;
}
