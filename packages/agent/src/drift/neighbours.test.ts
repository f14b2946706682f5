import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LinkReport, LldpElement } from '@patchbay/protocol';
import { KnownNeighbours } from './neighbours.ts';

const links = [
  { name: 'eth1', kind: 'nic', alias: null },
  { name: 'eth2', kind: 'nic', alias: 'patchbay:nic:for=red' },
  { name: 'bond0', kind: 'bond', alias: null },
] as LinkReport[];

const element = (type: number, properties: Record<string, string>): LldpElement => ({ name: '', type, properties });
const neighbour = (name: string, port: string, more: LldpElement[] = []): LldpElement[] => [
  element(1, { 'chassis ID subtype': 'MAC', 'chassis ID': '02:00:00:00:00:fe' }),
  element(2, { 'port ID subtype': 'Ifname', 'port ID': port }),
  element(5, { 'system name': name }),
  ...more,
];

/** Listens since 0, with a patience of 100. */
function listening() {
  const known = new KnownNeighbours(100, 0);
  return (now: number, nics: Record<string, LldpElement[]>) => {
    const { events, next } = known.heard({ nics }, links, now);
    return { told: events.map(({ device, before, after }) => [device, before, after]), next };
  };
}
const nothing = { told: [], next: null };

describe('news about neighbours', () => {
  test('those that there are when somebody begins to listen are no news, and one that comes later is', () => {
    const hear = listening();
    const [a, b] = [neighbour('sw-a', 'e1'), neighbour('sw-b', 'e2')];
    assert.deepEqual(hear(1, {}), nothing);
    assert.deepEqual(hear(99, { eth1: a }), nothing);
    assert.deepEqual(hear(100, { eth1: a, eth2: b }).told, [['eth2', null, 'sw-b, port e2']]);
    assert.deepEqual(hear(101, { eth1: a, eth2: b }), nothing);
  });

  test('another neighbour, or another port of the same, is news at once; what else it tells is none', () => {
    const hear = listening();
    hear(1, { eth1: neighbour('sw-a', 'e1') });
    assert.deepEqual(hear(2, { eth1: neighbour('sw-a', 'e1', [element(4, { 'port description': 'x' })]) }), nothing);
    assert.deepEqual(hear(3, { eth1: neighbour('sw-a', 'e2') }).told, [['eth1', 'sw-a, port e1', 'sw-a, port e2']]);
    const both = [...neighbour('sw-a', 'e2'), ...neighbour('phone', 'p')];
    assert.deepEqual(hear(4, { eth1: both }).told, [['eth1', 'sw-a, port e2', 'sw-a, port e2 and phone, port p']]);
  });

  test('silence is news when it lasts, and what is heard after a short one is not', () => {
    const hear = listening();
    const a = neighbour('sw-a', 'e1');
    hear(1, { eth1: a });
    assert.deepEqual(hear(10, {}), { told: [], next: 110 });
    assert.deepEqual(hear(60, { eth1: a }), nothing);
    assert.deepEqual(hear(70, {}), { told: [], next: 170 });
    assert.deepEqual(hear(169, {}), { told: [], next: 170 });
    assert.deepEqual(hear(170, {}), { told: [['eth1', 'sw-a, port e1', null]], next: null });
    assert.deepEqual(hear(400, { eth1: a }).told, [['eth1', null, 'sw-a, port e1']]);
  });

  test('lldpd that was started anew has yet to hear everybody', () => {
    const known = new KnownNeighbours(100, 0);
    const nics = { eth1: neighbour('sw-a', 'e1') };
    known.heard({ nics }, links, 1);
    known.heard({ nics: {} }, links, 50);
    known.begin(149);
    assert.deepEqual(known.heard({ nics: {} }, links, 151), { events: [], next: 251 });
    assert.deepEqual(known.heard({ nics }, links, 160), { events: [], next: null });
  });

  test('an event says whose nic it is, and what is plugged into no nic is nobody’s neighbour', () => {
    const known = new KnownNeighbours(0, 0);
    const a = [
      element(1, { 'chassis ID': '02:00:00:00:00:fe' }),
      element(2, { 'port ID subtype': 'MAC', 'port ID': '02:00:00:00:00:aa' }),
      element(4, { 'port description': 'ge-0/0/1' }),
    ];
    assert.deepEqual(known.heard({ nics: { eth2: a, bond0: a, gone: a } }, links, 1).events, [
      { kind: 'lldp.changed', device: 'eth2', network: 'red', before: null, after: '02:00:00:00:00:fe, port ge-0/0/1' },
    ]);
  });
});
