import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { interfacesFile } from './interfaces-file.ts';
import { profilesOf } from './keyfiles.ts';
import { home, moves, small } from './steps.ts';

const ADDRESS = '192.168.100.12';
const configOf = (name: string) => {
  const step = [...small(ADDRESS), ...moves(ADDRESS)].find((one) => one.name === name);
  assert.ok(step);
  return step.config;
};

describe('the files of peers', () => {
  test('ifupdown2 is told of the bond, its bridge and their addresses', () => {
    assert.equal(
      interfacesFile(configOf('W1')),
      `auto lo
iface lo inet loopback

auto bond7
iface bond7
    bond-slaves eth1 eth2
    bond-mode active-backup
    bond-miimon 100

auto eth1
iface eth1

auto eth2
iface eth2

auto eth0
iface eth0
    address 192.168.100.12/24
    gateway 192.168.100.1

auto n1
iface n1
    address 198.51.100.5/24
    bridge-ports bond7
    bridge-stp off
    bridge-fd 0
`,
    );
  });

  test('NetworkManager is told of each device by a profile, with who is plugged into whom', () => {
    const texts = new Map(profilesOf(configOf('W2')).map(({ device, text }) => [device.name, text]));
    assert.equal(texts.size, 1 + 1 + 2 + 50 + 50);
    const withoutName = (name: string) => texts.get(name)?.replace(/^id=.*\nuuid=.*\n/m, '');
    assert.equal(
      withoutName('bond7'),
      '[connection]\ntype=bond\ninterface-name=bond7\n[bond]\nmode=active-backup\nmiimon=100\n[ipv4]\nmethod=disabled\n[ipv6]\nmethod=disabled\n',
    );
    assert.equal(
      withoutName('eth1'),
      '[connection]\ntype=ethernet\ninterface-name=eth1\nmaster=bond7\nslave-type=bond\n',
    );
    assert.equal(
      withoutName('bond7.1049'),
      '[connection]\ntype=vlan\ninterface-name=bond7.1049\nmaster=n1049\nslave-type=bridge\n[vlan]\nid=1049\nparent=bond7\n',
    );
  });

  test('a profile is another one exactly when it says something else', () => {
    const uuids = (name: string) =>
      Object.fromEntries(profilesOf(configOf(name)).map(({ device, uuid }) => [device.name, uuid]));
    const before = Object.fromEntries(profilesOf(home(ADDRESS)).map(({ device, uuid }) => [device.name, uuid]));
    assert.equal(uuids('W1')['eth0'], before['eth0']);
    assert.equal(uuids('plain off')['eth0'], before['eth0']);
    assert.notEqual(uuids('plain onto')['eth0'], before['eth0']);
  });
});
