import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Field, Table } from './field.ts';
import { rels, type TypeName, types } from './index.ts';

const tables = Object.entries<Table>(types);
const common = ['id', 'href', 'actions', 'name', 'description', 'comment', 'creation_status', 'link'];
const leads = (field: Field): boolean => field.kind === 'link' || field.kind === 'collection';

test('every type that a field names is described', () => {
  for (const [name, { fields }] of tables) {
    for (const [key, field] of Object.entries(fields)) {
      if ('type' in field) assert.ok(field.type in types, `${name}.${key}: ${field.type}`);
    }
  }
});

test('members stand in the order of output: common block, own members by name, links by name', () => {
  // An action says how it went before it repeats what was asked.
  const first: Readonly<Record<string, readonly string[]>> = { action: ['fault', 'grace_period', 'job', 'status'] };
  for (const [name, { fields }] of tables) {
    const before = [...('href' in fields && 'actions' in fields ? common : []), ...(first[name] ?? [])];
    const entries = Object.entries(fields);
    const own = entries.filter(([key, field]) => !before.includes(key) && !leads(field)).map(([key]) => key);
    const links = entries.filter(([, field]) => leads(field)).map(([key]) => key);
    assert.deepEqual(
      entries.map(([key]) => key),
      name === 'action' ? [...before, ...[...own, ...links].sort()] : [...before, ...own.sort(), ...links.sort()],
      name,
    );
  }
});

test('a member is either described or ignored, and everything is explained', () => {
  for (const [name, { doc, fields, ignored }] of tables) {
    assert.match(doc, /\.$/, name);
    for (const left of ignored ?? []) assert.ok(!(left in fields), `${name}.${left}`);
    for (const [key, field] of Object.entries(fields)) assert.match(field.doc, /\.$/, `${name}.${key}`);
  }
});

test('every field is named in lower case with underscores', () => {
  for (const [name, { fields }] of tables) {
    for (const key of [name, ...Object.keys(fields)]) assert.match(key, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
  }
});

test('rels are the names of members without underscores', () => {
  const of = (type: TypeName) => rels(type).map(({ member, rel, to, type: target }) => [member, rel, to, target]);
  assert.deepEqual(of('network_label'), [
    ['host_nic', 'hostnic', 'entity', 'host_nic'],
    ['network', 'network', 'entity', 'network'],
  ]);
  const attachments = rels('host').find(({ member }) => member === 'network_attachments');
  assert.deepEqual(attachments, {
    member: 'network_attachments',
    rel: 'networkattachments',
    to: 'collection',
    type: 'network_attachment',
  });
});
