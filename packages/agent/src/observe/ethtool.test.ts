import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ethtoolWords } from '../execute/ethtool.ts';
import { parseEthtool } from './ethtool.ts';

// Recorded from ethtool 6.1: offloads, channels and link of a veth; the others as the program prints them for a card.
const FEATURES = `Features for eth1:
rx-checksumming: on
tx-checksumming: on
\ttx-checksum-ipv4: off [fixed]
\ttx-checksum-ip-generic: on
tcp-segmentation-offload: off
\ttx-tcp-segmentation: off [requested on]
generic-receive-offload: off
large-receive-offload: off [fixed]
`;
const CHANNELS = `Channel parameters for eth1:
Pre-set maximums:
RX:\t\t1
TX:\t\t1
Other:\t\tn/a
Combined:\tn/a
Current hardware settings:
RX:\t\t2
TX:\t\t3
Other:\t\tn/a
Combined:\tn/a
`;
const LINK = `Settings for eth1:
\tSupported ports: [  ]
\tSpeed: 10000Mb/s
\tDuplex: Full
\tAuto-negotiation: off
\tSupports Wake-on: pumbg
\tWake-on: d
\tLink detected: yes
`;
const RINGS = `Ring parameters for eth0:
Pre-set maximums:
RX:\t\t4096
RX Mini:\tn/a
TX:\t\t4096
Current hardware settings:
RX:\t\t512
RX Mini:\tn/a
TX:\t\t256
`;
const PAUSE = `Pause parameters for eth0:
Autonegotiate:\ton
RX:\t\toff
TX:\t\ton
`;
const COALESCE = `Coalesce parameters for eth0:
Adaptive RX: off  TX: on
stats-block-usecs: 0
rx-usecs: 3
rx-frames: n/a
`;

test('What ethtool prints, section by section; what is fixed or absent is left out', () => {
  const features = parseEthtool('features', FEATURES);
  assert.equal(features.get('tx-checksumming'), 'on');
  assert.equal(features.get('tx-tcp-segmentation'), 'off');
  assert.ok(!features.has('large-receive-offload') && !features.has('tx-checksum-ipv4'));
  const values = (section: 'channels' | 'ring' | 'pause' | 'coalesce', text: string) =>
    Object.fromEntries(parseEthtool(section, text));
  assert.deepEqual(values('channels', CHANNELS), { rx: '2', tx: '3' });
  assert.deepEqual(values('ring', RINGS), { rx: '512', tx: '256' });
  assert.deepEqual(values('pause', PAUSE), { autonegotiate: 'on', rx: 'off', tx: 'on' });
  const coalesce = { 'adaptive-rx': 'off', 'adaptive-tx': 'on', 'stats-block-usecs': '0', 'rx-usecs': '3' };
  const { 'coalesce parameters for eth0': _, ...shown } = values('coalesce', COALESCE);
  assert.deepEqual(shown, coalesce);
  const link = parseEthtool('link', LINK);
  const named = ['speed', 'duplex', 'auto-negotiation', 'wake-on'].map((label) => link.get(label));
  assert.deepEqual(named, ['10000', 'full', 'off', 'd']);
  assert.equal(parseEthtool('ring', '').size, 0);
});

test('Nothing but words of a setting reaches the program', () => {
  const op = { kind: 'ethtool.set', device: 'eth1', section: 'features' } as const;
  assert.deepEqual(ethtoolWords({ ...op, values: { tx: 'off', gso: 'on' } }), ['-K', 'eth1', 'tx', 'off', 'gso', 'on']);
  for (const [name, value] of [
    ['--help', 'on'],
    ['tx', '-x'],
    ['a b', 'on'],
  ] as const) {
    assert.throws(() => ethtoolWords({ ...op, values: { [name]: value } }));
  }
});
