import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewText } from './preview-text.ts';

test('a plan is told with its changes, steps, risks, warnings and outage', () => {
  assert.deepEqual(
    previewText('host1', {
      accepted: true,
      expected_outage: 1200,
      touches_management: true,
      violations: [],
      warnings: [{ rule: 'IP-12', message: 'The gateway lies outside.' }],
      risks: ['eth2 drops its link.'],
      differences: [
        { change: 'added', kind: 'bond', name: 'bond0', properties: [{ name: 'slaves', after: 'eth1, eth2' }] },
        {
          ...{ change: 'changed', kind: 'network', name: 'red' },
          properties: [
            { name: 'mtu', before: '1500', after: '9000' },
            { name: 'vlan', before: '101' },
          ],
        },
      ],
      steps: [{ description: 'Make bond0' }, { description: 'Plug eth1 into bond0' }],
    }),
    [
      'host1: 2 steps, touches the way to the engine, away for about 1.2 s',
      ...['', 'Changes', '  + bond bond0', '      slaves: eth1, eth2'],
      ...['  ~ network red', '      mtu: 1500 → 9000', '      vlan: 101 → (not set)'],
      ...['', 'Steps', '    1  Make bond0', '    2  Plug eth1 into bond0'],
      ...['', 'Risks', '  eth2 drops its link.'],
      ...['', 'Warnings', '  The gateway lies outside. (IP-12)'],
    ],
  );
});

test('a refusal is told with every rule, and nothing else', () => {
  const violations = [
    { rule: 'BOND-06', message: 'Two slaves are needed.' },
    { rule: 'ATT-14', message: 'There is no eth9.' },
  ];
  assert.deepEqual(previewText('h', { accepted: false, violations }), [
    ...['h: refused by 2 rules', '', 'Refused', '  Two slaves are needed. (BOND-06)', '  There is no eth9. (ATT-14)'],
  ]);
});

test('nothing to do, a host that cannot be asked, and one step', () => {
  const [nothing] = previewText('h', { accepted: true, steps: [] });
  assert.equal(nothing, 'h: nothing to do');
  const fault = { reason: 'Operation Failed', detail: 'It is away.' };
  assert.deepEqual(previewText('h', { accepted: true, fault }), [
    ...['h: let through by the rules', '', 'The host could not be asked', '  It is away.'],
  ]);
  const [one] = previewText('h', { accepted: true, steps: [{ description: 'x' }] });
  assert.equal(one, 'h: 1 step, does not touch the way to the engine, no outage expected');
});
