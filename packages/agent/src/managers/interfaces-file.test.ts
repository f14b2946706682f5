import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  broughtUp,
  reinstated,
  restored,
  sources,
  switchedOff,
  withoutDevices,
  withoutStanzas,
} from './interfaces-file.ts';

const installed = `# The loopback network interface
source /etc/network/interfaces.d/*
auto lo eth0 eth1
iface lo inet loopback

allow-hotplug eth2
iface eth1 inet static
\taddress 198.51.100.5/24
\t# by hand
\tgateway 198.51.100.1
iface eth0 inet dhcp
`;

test('devices that come up by themselves are those of auto and allow- lines', () => {
  assert.deepEqual(broughtUp(installed), ['lo', 'eth0', 'eth1', 'eth2']);
  assert.deepEqual(broughtUp('auto eth0 \\\n  eth1\n#auto eth2\n'), ['eth0', 'eth1']);
  assert.deepEqual(sources(installed), [{ pattern: '/etc/network/interfaces.d/*', folder: false }]);
});

test('a claimed device no longer comes up, the others on its line do, and what was written stays to be read', () => {
  const text = withoutDevices(installed, ['eth1', 'eth2']);
  assert.deepEqual(broughtUp(text), ['lo', 'eth0']);
  assert.deepEqual(switchedOff(text), ['eth1', 'eth2']);
  assert.match(text, /^#\|auto lo eth0 eth1\nauto lo eth0\n# patchbay: end$/m);
  assert.match(text, /^#\|allow-hotplug eth2\n# patchbay: end$/m);
  assert.equal(restored(text), installed);
});

test('a claim of other devices takes nothing over from the one before', () => {
  const text = withoutDevices(withoutDevices(installed, ['eth0', 'eth1']), ['eth2']);
  assert.deepEqual(broughtUp(text), ['lo', 'eth0', 'eth1']);
  assert.equal(withoutDevices(text, []), installed);
});

test('a device that somebody else describes has no stanza left, comments apart', () => {
  const text = withoutStanzas(installed, ['eth1']);
  const read = text.split('\n').filter((line) => !line.startsWith('#') && line.trim() !== '');
  assert.deepEqual(read, [
    'source /etc/network/interfaces.d/*',
    'auto lo eth0',
    'iface lo inet loopback',
    'allow-hotplug eth2',
    '\t# by hand',
    'iface eth0 inet dhcp',
  ]);
  assert.equal(restored(text), text, 'to give a claim up changes nothing of that');
  assert.equal(reinstated(text), installed);
});

const name = fc.constantFrom('lo', 'eth0', 'eth1', 'eth2', 'bond0', 'eth1.7', 'br-a');
const line = fc.oneof(
  fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `auto ${names.join(' ')}`),
  fc.array(name, { minLength: 2, maxLength: 4 }).map((names) => `auto ${names.join(' \\\n\t')}`),
  fc.tuple(fc.constantFrom('allow-hotplug', 'allow-ovs', ' auto'), name).map((words) => words.join(' ')),
  name.map((one) => `iface ${one} inet manual`),
  fc.constantFrom('\tup ip link set eth1 mtu 9000', '# auto eth1', '', '\taddress 192.0.2.1/24', 'source /etc/x/*'),
  fc
    .string({ maxLength: 12 })
    .filter((text) => !/[\n\r\\]/.test(text) && !text.startsWith('# patchbay:') && !text.startsWith('#|')),
);
const file = fc.array(line, { maxLength: 12 }).map((lines) => `${lines.join('\n')}\n`);
const devices: fc.Arbitrary<string[]> = fc.uniqueArray(name, { maxLength: 5 });

test('whatever the file: the same claim twice changes nothing, and it comes back letter by letter', () => {
  fc.assert(
    fc.property(file, devices, devices, (text, some, others) => {
      const claimed = withoutDevices(text, some);
      assert.equal(withoutDevices(claimed, some), claimed);
      assert.equal(withoutDevices(withoutDevices(text, others), some), claimed);
      assert.equal(restored(claimed), text);
      assert.equal(reinstated(withoutStanzas(claimed, others)), text);
    }),
  );
});

test('whatever the file: just the claimed devices no longer come up', () => {
  fc.assert(
    fc.property(file, devices, (text, some) => {
      const before = broughtUp(text);
      const claimed = withoutDevices(text, some);
      assert.deepEqual(
        broughtUp(claimed),
        before.filter((one) => !some.includes(one)),
      );
      assert.deepEqual(
        switchedOff(claimed),
        before.filter((one) => some.includes(one)),
      );
    }),
  );
});
