import { entity } from './common.ts';
import { boolean, collection, link, secret, string, type Table } from './field.ts';

/** People and rights, in the small form that clients of host networking read. */
export const userTypes = {
  user: {
    plural: 'users',
    doc: 'Someone who may sign in.',
    fields: {
      ...entity,
      department: string('Department.'),
      domain_entry_id: string('Identity in the directory.'),
      email: string('Mail address.'),
      last_name: string('Family name.'),
      logged_in: boolean('Whether there is a session.'),
      namespace: string('Part of the directory.'),
      password: secret('Password.'),
      principal: string('Name without domain.'),
      user_name: string('Name used to sign in, with domain.'),
      permissions: collection('permission', 'What the user may do.'),
      roles: collection('role', 'Roles of the user.'),
      tags: collection('tag', 'Tags of the user.'),
    },
    ignored: ['domain', 'groups', 'options', 'ssh_public_keys', 'user_options'],
  },
  tag: {
    plural: 'tags',
    doc: 'A tag.',
    fields: {
      ...entity,
      host: link('host', 'The host that carries it.'),
      parent: link('tag', 'The tag above.'),
      user: link('user', 'The user that carries it.'),
    },
    ignored: ['group', 'template', 'vm'],
  },
  permission: {
    plural: 'permissions',
    doc: 'A role given to a user on an object.',
    fields: {
      ...entity,
      cluster: link('cluster', 'The cluster it applies to.'),
      data_center: link('data_center', 'The data centre it applies to.'),
      host: link('host', 'The host it applies to.'),
      role: link('role', 'The role.'),
      user: link('user', 'Who has it.'),
    },
    ignored: ['disk', 'group', 'storage_domain', 'template', 'vm', 'vm_pool'],
  },
  role: {
    plural: 'roles',
    doc: 'A set of rights.',
    fields: {
      ...entity,
      administrative: boolean('Whether it reaches beyond the own machines.'),
      mutable: boolean('Whether it can be changed.'),
      user: link('user', 'Who has it.'),
    },
    ignored: ['permits'],
  },
} as const satisfies Record<string, Table>;
