/** A preview in words: whether it would be let through, what it changes, and what it does to the host, step by step. */
import type { ApiObject } from '@patchbay/client';
import { harmless } from './output.ts';

type Preview = ApiObject<'host_change_preview'>;

export function previewText(host: string, preview: Preview): string[] {
  const { violations = [], warnings = [], risks = [], steps = [], differences = [], fault } = preview;
  const sections: [string, string[]][] = [
    ['Refused', violations.map(({ message, rule }) => `${message} (${rule})`)],
    ['Changes', differencesText(differences)],
    ['Steps', steps.map(({ description }, at) => `${String(at + 1).padStart(3)}  ${description}`)],
    ['Risks', risks],
    ['Warnings', warnings.map(({ message, rule }) => `${message} (${rule})`)],
    ['The host could not be asked', fault === undefined ? [] : [fault.detail ?? fault.reason ?? '']],
  ];
  return [
    `${host}: ${summary(preview)}`,
    ...sections.flatMap(([title, lines]) => (lines.length === 0 ? [] : ['', title, ...lines.map((l) => `  ${l}`)])),
  ].map(harmless);
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function summary({
  accepted,
  violations = [],
  steps,
  expected_outage: outage = 0,
  touches_management: touched,
}: Preview) {
  if (accepted !== true) return `refused by ${plural(violations.length, 'rule')}`;
  if (steps === undefined) return 'let through by the rules';
  if (steps.length === 0) return 'nothing to do';
  const way = touched === true ? 'touches the way to the engine' : 'does not touch the way to the engine';
  const away = outage === 0 ? 'no outage expected' : `away for about ${(outage / 1000).toFixed(1)} s`;
  return `${plural(steps.length, 'step')}, ${way}, ${away}`;
}

const signs = { added: '+', removed: '-', changed: '~' } as const;

/** What comes, goes or becomes different; of what changes, each property before and after. */
export function differencesText(differences: readonly ApiObject<'config_difference'>[]): string[] {
  return differences.flatMap(({ change = 'changed', kind, name, properties = [] }) => [
    `${signs[change]} ${kind} ${name}`,
    ...properties.map(({ name: property, before, after }) => `    ${property}: ${wordsFor(before, after)}`),
  ]);
}

function wordsFor(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return after ?? '';
  return after === undefined ? `${before} → (not set)` : `${before} → ${after}`;
}
