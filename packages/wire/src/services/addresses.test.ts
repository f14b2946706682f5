import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationAt, operations } from './addresses.ts';
import { parameters } from './parameters.ts';

test('a service is at its name in lower case, an entity at its id, an action below the entity', () => {
  const answers = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string) => operationAt(method, path)?.answers;
  assert.equal(answers('GET', '/'), 'api');
  assert.equal(answers('GET', '/hosts'), 'host');
  assert.equal(answers('PUT', '/hosts/:host/networkattachments/:attachment'), 'network_attachment');
  assert.equal(answers('DELETE', '/hosts/:host/nics/:nic/networklabels/:label'), 'action');
  assert.equal(answers('POST', '/hosts/:host/setupnetworks'), 'action');
  assert.equal(answers('POST', '/hosts/:host/revisions/:revision/revert'), 'action');
  assert.equal(answers('GET', '/datacenters/:id/qoss'), 'qos');
  assert.equal(answers('POST', '/hosts/:host'), undefined);
});

test('nothing is described twice, and nothing takes the same parameter twice', () => {
  const places = operations.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(places, [...new Set(places)]);
  for (const { method, path, parameters: taken } of operations) {
    assert.deepEqual(taken, [...new Set(taken)], `${method} ${path}`);
  }
});

test('every parameter is explained and taken somewhere', () => {
  const taken = new Set(operations.flatMap((one) => one.parameters));
  for (const [name, { doc }] of Object.entries(parameters)) {
    assert.match(doc, /\.$/, name);
    assert.ok(taken.has(name as keyof typeof parameters), `${name} is taken nowhere`);
  }
});

test('what changes something is told by which operation it was', () => {
  for (const { method, path, parameters: taken } of operations) {
    assert.equal(taken.includes('correlation_id'), method !== 'GET', `${method} ${path}`);
    assert.equal(taken.includes('follow'), method === 'GET', `${method} ${path}`);
  }
});
