import { bridgeOptionsProblem } from '../../properties/bridge-options.ts';
import { ethtoolOptionsProblem } from '../../properties/ethtool-options.ts';
import type { HostNetwork } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { AttachmentSubject } from '../subjects.ts';

export const prop01Properties = defineRule({
  id: 'PROP-01',
  key: 'ACTION_TYPE_FAILED_NETWORK_CUSTOM_PROPERTIES_BAD_INPUT',
  status: 400,
  sentence: '{network}: property {property} {problem}.',
  *find({ attachment: { network, properties, path } }: AttachmentSubject) {
    if (!network) return;
    for (const [property, value] of Object.entries(properties)) {
      const problem = problemOf(property, value, network);
      if (problem !== null) yield { path, values: { network: network.name, property, problem } };
    }
  },
});

function problemOf(property: string, value: string, network: HostNetwork): string | null {
  if (property === 'ethtool_opts') return ethtoolOptionsProblem(value);
  if (property !== 'bridge_opts') return 'is unknown; bridge_opts and ethtool_opts are known';
  return network.vm ? bridgeOptionsProblem(value) : 'is only for VM networks, which have a bridge';
}
