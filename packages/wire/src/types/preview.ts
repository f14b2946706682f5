/** Types of our own: what a change would do to a host, before it is done. */
import { configEntryChange, configEntryKind } from './enums.ts';
import { answer, boolean, int, link, list, oneOf, string, struct, type Table, values } from './field.ts';

export const previewTypes = {
  host_change_preview: {
    plural: 'host_change_previews',
    doc: 'What a change of a host would do. Nothing of it has happened.',
    fields: {
      accepted: answer(boolean('Whether the rules let the change through.')),
      change_set: answer(
        struct('action', 'The change with everything the request left out; setupnetworks would take it as it stands.'),
      ),
      differences: answer(
        list('config_difference', 'How the network configuration of the host changes; absent when it is refused.'),
      ),
      expected_outage: answer(
        int('Milliseconds for which the host is expected not to answer; 0 when its path to the engine stays.'),
      ),
      fault: answer(struct('fault', 'Why there are no steps although the rules let the change through.')),
      risks: answer(values('risk', string('What may hurt, and whom.'))),
      steps: answer(
        list('kernel_step', 'What the host would do, in this order; absent when it is refused or could not be asked.'),
      ),
      touches_management: answer(boolean('Whether the path between host and engine is touched.')),
      violations: answer(list('rule_finding', 'Every rule the change breaks; the first is the one to be answered.')),
      warnings: answer(list('rule_finding', 'What would be noted as an event.')),
      host: answer(link('host', 'The host.')),
    },
  },
  rule_finding: {
    plural: 'rule_findings',
    doc: 'What a rule says of a change.',
    fields: {
      key: answer(string('Message key of a violation, event of a warning.')),
      message: answer(string('What is wrong, where, and what to do.')),
      path: answer(string('Place in the request, when it is one place.')),
      rule: answer(string('Id of the rule, stable.')),
      status: answer(int('HTTP status it is answered with; only of violations.')),
    },
  },
  config_difference: {
    plural: 'config_differences',
    doc: 'How one nic, bond or network of a host changes.',
    fields: {
      change: answer(oneOf(configEntryChange, 'Whether it comes, goes or becomes different.')),
      kind: answer(oneOf(configEntryKind, 'What it is.')),
      name: answer(string('Name on the host.')),
      properties: answer(list('property_difference', 'What changes of it.')),
    },
  },
  property_difference: {
    plural: 'property_differences',
    doc: 'One property before and after.',
    fields: {
      after: answer(string('Value afterwards; absent when it is not set.')),
      before: answer(string('Value now; absent when it is not set.')),
      name: answer(string('Name of the property, with dots between its parts.')),
    },
  },
  kernel_step: {
    plural: 'kernel_steps',
    doc: 'One operation on the kernel of a host.',
    fields: {
      description: answer(string('What is done to what.')),
      kind: answer(string('Kind of the operation.')),
    },
  },
} as const satisfies Record<string, Table>;
