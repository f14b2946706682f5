import { addingRules } from './adding/index.ts';
import { hostChangeAdvice } from './advice/index.ts';
import { assignmentRules, detachmentRules } from './cluster/index.ts';
import { copyRules } from './copy/index.ts';
import { engineRules } from './engine-rules.ts';
import { hostMoveRules, hostRules } from './host/index.ts';
import { hostChangeRules } from './index.ts';
import { networkLabelRules, networkRemovalRules, networkRules } from './network/index.ts';
import { qosRules } from './qos/index.ts';
import type { RuleRow } from './rule.ts';
import { settledRules } from './settled-rules.ts';
import { vfAllowanceRules, vfCountRules } from './vf/index.ts';

const introduction = `# Rules

Made from the rule tables by \`node --import tsx packages/model/src/rules/print-document.ts > docs/rules.md\`; do not edit.

A request is judged whole: every violation is reported, and the first is the one oVirt would stop at. The key is oVirt's
message key, so that its clients recognise it; keys that start with \`OHN_\` are ours. Words in braces are filled in.
`;

/** The rules as a page for people who write clients: one table per moment, in the order in which rules are looked at. */
export function rulesDocument(): string {
  return [
    introduction,
    ...section('Changing a host', hostChangeRules.flatMap(rows)),
    ...section('Adding one thing, or taking a label off, by its own address', addingRules.map(row)),
    ...section('Creating or changing a network', networkRules.flatMap(rows)),
    ...section('Putting a label on a network by its own address', networkLabelRules.flatMap(rows)),
    ...section('Deleting a network', networkRemovalRules.flatMap(rows)),
    ...section('Creating or changing a QoS of a data centre', qosRules.flatMap(rows)),
    ...section('Giving a network to a cluster, or changing its use there', assignmentRules.flatMap(rows)),
    ...section('Taking a network from a cluster', detachmentRules.flatMap(rows)),
    ...section('Adding or changing a host itself', hostRules.flatMap(rows)),
    ...section('Moving a host to another cluster', hostMoveRules.flatMap(rows)),
    ...section(
      'Copying the networks of another host; what comes of it is judged as a change of the host (COPY-06)',
      copyRules.flatMap(rows),
    ),
    ...section('Changing the virtual functions of a nic', vfCountRules.flatMap(rows)),
    ...section('Saying which networks may use virtual functions', vfAllowanceRules.flatMap(rows)),
    '## Refused by the engine itself\n',
    'These are about the request or about time, and not about what a host shall look like.\n',
    '| rule | status | refused | where |\n| --- | --- | --- | --- |',
    ...engineRules.map(
      ({ id, status, refuses, file, where }) => `| ${id} | ${status} | ${refuses} | \`${where}\` in \`${file}\` |`,
    ),
    '',
    '## Settled without a rule\n',
    'They allow something, or what they refuse cannot come about.\n',
    '| rule | how |\n| --- | --- |',
    ...settledRules.map(({ id, how }) => `| ${id} | ${how} |`),
    '',
    '## Said, not refused\n',
    '| rule | event | message |\n| --- | --- | --- |',
    ...hostChangeAdvice.map(({ id, event, sentence }) => `| ${id} | \`${event}\` | ${sentence} |`),
    '',
  ].join('\n');
}

function section(title: string, lines: string[]): string[] {
  return [`## ${title}\n`, '| rule | status | key | message |\n| --- | --- | --- | --- |', ...lines, ''];
}

const rows = (group: { rules: readonly RuleRow[] }) => group.rules.map(row);
const row = ({ id, status, key, sentence }: RuleRow) => `| ${id} | ${status} | \`${key}\` | ${sentence} |`;
