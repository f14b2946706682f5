import { creationStatus } from './enums.ts';
import { answer, attribute, flat, int, oneOf, string, struct, type Table } from './field.ts';

/** The block that every entity begins with. */
export const entity = {
  id: attribute(string('Identifies the entity; in a request, refers to it.')),
  href: answer(attribute(string('Absolute path of the entity, without scheme and host.'))),
  actions: answer(struct('actions', 'What can be done with the entity beyond reading and writing it.')),
  name: string('Name for people; unique where the service looks entities up by name.'),
  description: string('Free text.'),
  comment: string('Free text of the administrator.'),
  creation_status: answer(oneOf(creationStatus, 'How far the creation has come.')),
  link: flat('link', 'Where the sub-collections are.'),
};

export const commonTypes = {
  link: {
    plural: 'links',
    doc: 'A named address.',
    fields: {
      href: answer(attribute(string('Absolute path without scheme and host.'))),
      rel: answer(attribute(string('What is found there.'))),
    },
  },
  actions: {
    plural: 'actionss',
    doc: 'The action addresses of an entity.',
    fields: { link: flat('link', 'One address per action; `rel` is the name of the action.') },
  },
  property: {
    plural: 'properties',
    doc: 'A custom property.',
    fields: { name: string('Name of the property.'), value: string('Value of the property.') },
  },
  option: {
    plural: 'options',
    doc: 'A driver option, such as a bond option.',
    fields: {
      name: string('Name of the option as the kernel knows it.'),
      type: answer(string('Label of a numeric bond mode.')),
      value: string('Value as text.'),
    },
  },
  version: {
    plural: 'versions',
    doc: 'A version number.',
    fields: {
      ...entity,
      build: int('Third number.'),
      full_version: string('The version as printed by the package.'),
      major: int('First number.'),
      minor: int('Second number.'),
      revision: int('Fourth number.'),
    },
  },
  fault: {
    plural: 'faults',
    doc: 'Why a request was refused.',
    fields: {
      detail: answer(string('What exactly is wrong, where, and what to do.')),
      reason: answer(string('The class of the problem, short.')),
    },
  },
} as const satisfies Record<string, Table>;
