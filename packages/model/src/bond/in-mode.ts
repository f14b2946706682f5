import { bondMode } from './modes.ts';
import { bondOptionTable } from './option-table.ts';

/** Of what a kernel shows of a bond, the options that mean something in its mode. */
export function optionsInMode(shown: Readonly<Record<string, string>>): Record<string, string> {
  const mode = bondMode(shown['mode'] ?? '');
  const means = (name: string) => {
    const modes = Object.hasOwn(bondOptionTable, name) ? bondOptionTable[name]?.modes : undefined;
    return modes === undefined || mode === null || modes.includes(mode);
  };
  return Object.fromEntries(Object.entries(shown).filter(([name]) => means(name)));
}
