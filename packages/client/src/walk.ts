/** The client's objects, made of the table of services as paths are walked. */
import { isOperation, type Operation, type Service, segmentOf } from '@patchbay/wire/client';

/** Carries out one operation. @param path below the base @param given body and options as the caller gave them */
export type Perform = (operation: Operation, path: string, given: readonly unknown[]) => Promise<unknown>;

type Part = ((...given: readonly unknown[]) => Promise<unknown>) | ((id: string | number) => Walked) | Walked;

export interface Walked {
  readonly [name: string]: Part;
}

/** @param path of the service below the base */
export function walk(service: Service, path: string, perform: Perform): Walked {
  const walked: Record<string, Part> = {};
  for (const [name, part] of Object.entries(service)) {
    if (typeof part === 'string') continue;
    const below = path + segmentOf(name);
    if (isOperation(part)) walked[name] = (...given: unknown[]) => perform(part, below || '/', given);
    else if (name === 'id') walked[name] = (id: string | number) => walk(part, `${path}/${segment(id)}`, perform);
    else Object.defineProperty(walked, name, { enumerable: true, get: () => walk(part, below, perform) });
  }
  return walked;
}

/** @throws TypeError for an id that would lead to another address */
function segment(id: string | number): string {
  const text = String(id);
  if ((typeof id !== 'string' && typeof id !== 'number') || /^\.{0,2}$/.test(text)) {
    throw new TypeError(`${JSON.stringify(id)} is not an id.`);
  }
  return encodeURIComponent(text);
}
