import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4Mask, ipv4Prefix, isIpv4 } from './ipv4.ts';

test('X13 only a mask is a mask, and it means the prefix that it spells', () => {
  for (let prefix = 0; prefix <= 32; prefix++) {
    const bits = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
    const spelt = [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
    assert.deepEqual(
      [ipv4Mask(prefix), ipv4Prefix(spelt), ipv4Prefix(`/${prefix}`), ipv4Prefix(`${prefix}`)],
      [spelt, prefix, prefix, prefix],
    );
  }
  const none = [
    '0.0.0.255',
    '255.0.255.0',
    '255.255.255.1',
    '0.255.0.0',
    '128.128.0.0',
    '254.255.0.0',
    '255.255.0.255',
  ];
  for (const mask of none) assert.equal(ipv4Prefix(mask), null, mask);
});

test('HT-206 a mask has four parts of one byte, or is a number up to 32; an address has no other spelling', () => {
  for (const mask of [
    '256.255.0.0',
    '255.255.255',
    '255.255.255.0.0',
    '33',
    '/33',
    '',
    '24.0',
    'ff.ff.ff.00',
    '0xffffff00',
  ]) {
    assert.equal(ipv4Prefix(mask), null, mask);
  }
  for (const address of ['1.2.3.256', '1.2.3', '1.2.3.4.5', '01.2.3.4', '0x1.2.3.4', '16909060', '1.2.3.4 ', '']) {
    assert.ok(!isIpv4(address), address);
  }
  assert.ok(isIpv4('1.2.3.4'));
});
