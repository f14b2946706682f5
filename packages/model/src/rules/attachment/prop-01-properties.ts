import { bridgeOptionsProblem } from '../../properties/bridge-options.ts';
import { ethtoolOptionsProblem } from '../../properties/ethtool-options.ts';
import { moreAddressesProblem } from '../../properties/more-addresses.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, list } from '../subjects.ts';

export const prop01Properties = defineRule({
  id: 'PROP-01',
  key: 'ACTION_TYPE_FAILED_NETWORK_CUSTOM_PROPERTIES_BAD_INPUT',
  status: 400,
  sentence: '{network}: property {property} {problem}.',
  *find(subject: AttachmentSubject) {
    const { network, properties, path } = subject.attachment;
    if (!network) return;
    for (const [property, value] of Object.entries(properties)) {
      const problem = problemOf(property, value, subject);
      if (problem !== null) yield { path, values: { network: network.name, property, problem } };
    }
  },
});

function problemOf(property: string, value: string, { completed, attachment }: AttachmentSubject): string | null {
  if (property === 'bridge_opts') {
    return attachment.network?.vm ? bridgeOptionsProblem(value) : 'is only for VM networks, which have a bridge';
  }
  if (property === 'ipv4_addrs') return moreAddressesProblem(value);
  const { customProperties } = completed.state.settings;
  const pattern = Object.hasOwn(customProperties, property) ? customProperties[property] : undefined;
  if (pattern === undefined) {
    return `is unknown; known are ${list(['bridge_opts', 'ipv4_addrs', ...Object.keys(customProperties)])}`;
  }
  if (!new RegExp(`^(?:${pattern})$`, 's').test(value)) return `has the bad value "${value}"; it must match ${pattern}`;
  if (property !== 'ethtool_opts' || attachment.nic === null) return null;
  const bond = completed.after.bonds.get(attachment.nic);
  return ethtoolOptionsProblem(value, bond?.slaves ?? [attachment.nic]);
}
