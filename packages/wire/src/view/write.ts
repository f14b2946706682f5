import { version3, version3Types } from '../dialects/answers.ts';
import { types } from '../types/index.ts';
import { canonical, compileWriting, type WriteType } from './write-type.ts';

const views = {
  request: compileWriting(types, 'answer', canonical),
  answer: compileWriting(types, 'request', canonical),
  answer3: compileWriting(version3Types, 'request', version3),
};

/** How a type is written in answers (by the engine, also as oVirt 3.6 did) or in requests (by a client). */
export function writeType(view: keyof typeof views, name: string): WriteType {
  const type = views[view].get(name);
  if (!type) throw new Error(`no table describes ${name}`);
  return type;
}
