import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NamedQos } from '../../entities.ts';
import { defaultSettings } from '../../settings.ts';
import { network, qos } from '../../testing.ts';
import { validateNetwork } from '../network/index.ts';
import { validateQos } from './index.ts';
import type { QosChange } from './qos-change.ts';

const gold: NamedQos = {
  ...{ id: 'q1', dataCentreId: 'dc', type: 'hostnetwork', name: 'gold', description: '', comment: '', others: {} },
  ...qos(10),
};

function says(changes: Partial<NamedQos>, around: Partial<QosChange> = {}): string {
  const wanted = { ...gold, ...changes };
  return validateQos({ wanted, stored: null, qoss: [], settings: defaultSettings, ...around })
    .map((one) => `${one.rule} ${one.message}`)
    .join('\n');
}

test('A fine QoS of every type', () => {
  assert.equal(says(qos(10, 10, 10)), '');
  assert.equal(says({ type: 'storage', ...qos(null) }), '', 'only host networks need a share');
});

test('QOS-04 values are in range, which an administrator can widen', () => {
  assert.match(says(qos(101)), /QOS-04 QoS gold: outbound_average_linkshare must be between 1 and 100, got 101/);
  assert.match(says(qos(1, 17180)), /QOS-04/);
  const settings = { ...defaultSettings, maxQosShare: 200, maxQosRate: 20_000 };
  assert.equal(says(qos(200, 20_000, 20_000), { settings }), '');
});

test('QOS-07 a share is needed', () => assert.match(says(qos(null, 10, 10)), /QOS-07 .* share/));

test('QOS-08 the limit is not below what is promised', () => {
  assert.match(says(qos(10, 10, 12)), /QOS-08 QoS gold: the limit of 10 Mbit\/s is below the committed rate of 12/);
  assert.equal(says(qos(10, 10, 8)), '');
});

test('QOS-09 a name is free among those of its type', () => {
  const other = { ...gold, id: 'q2' };
  assert.match(says({}, { qoss: [other] }), /QOS-09/);
  assert.equal(says({}, { qoss: [gold, { ...other, type: 'storage' }] }), '');
});

test('QOS-10 and QOS-11 neither data centre nor type change', () => {
  assert.match(says({ dataCentreId: 'dc2' }, { stored: gold }), /QOS-10 .* data centre dc2/);
  assert.match(says({ type: 'cpu' }, { stored: gold }), /QOS-11/);
});

test('QOS-06 a network refers to a QoS of host networks of its own data centre', () => {
  const refused = (qosId: string | null, qoss: NamedQos[]) =>
    validateNetwork({ wanted: network('red', { qosId }), stored: null, networks: [], usedBy: () => [], qoss })
      .map((one) => `${one.rule} ${one.key} ${one.message}`)
      .join();
  assert.equal(refused(null, []), '');
  assert.equal(refused('q1', [gold]), '');
  assert.match(
    refused('q9', [gold]),
    /QOS-06 ACTION_TYPE_FAILED_QOS_NOT_FOUND QoS q9 is not defined in data centre dc/,
  );
  assert.match(refused('q1', [{ ...gold, type: 'cpu' }]), /QOS-06 ACTION_TYPE_FAILED_QOS_NOT_FOUND/);
  assert.match(refused('q1', [{ ...gold, dataCentreId: 'dc2' }]), /QOS-06 ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT/);
});
