import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boolean, date, decimal, int, long, oneOf, secret, string } from '../types/field.ts';
import { decimalText } from './print.ts';
import { isMistake, textReader } from './read.ts';

const reads = (field: Parameters<typeof textReader>[0], pairs: readonly (readonly [string, unknown])[]): void => {
  for (const [text, value] of pairs) assert.equal(textReader(field, 'word')(text), value, JSON.stringify(text));
};

const refuses = (field: Parameters<typeof textReader>[0], texts: readonly string[]): void => {
  for (const text of texts) assert.ok(isMistake(textReader(field, 'word')(text)), JSON.stringify(text));
};

test('integers', () => {
  reads(int(''), [
    ['1500', 1500],
    [' +7\n', 7],
    ['-0', 0],
    ['007', 7],
    ['', 0],
    ['-2147483648', -(2 ** 31)],
  ]);
  refuses(int(''), ['2147483648', '1.0', '1e3', '0x1', 'a', '- 1']);
  reads(long(''), [['9007199254740991', Number.MAX_SAFE_INTEGER]]);
  refuses(long(''), ['9007199254740992', '9223372036854775807']);
});

test('booleans', () => {
  reads(boolean(''), [
    ['true', true],
    ['TRUE', true],
    ['1', true],
    [' False ', false],
    ['0', false],
  ]);
  refuses(boolean(''), ['', 'yes', '2', 't']);
});

test('decimals', () => {
  reads(decimal(''), [
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['-1e3', -1000],
  ]);
  refuses(decimal(''), ['', '.', 'e3', '1e400', 'NaN', 'Infinity', '1,5']);
  for (const [value, text] of [
    [1.5, '1.5'],
    [1e21, '1000000000000000000000'],
    [-1.25e-8, '-0.0000000125'],
    [0, '0'],
  ] as const) {
    assert.equal(decimalText(value), text);
  }
});

test('dates', () => {
  const noon = Date.UTC(2024, 4, 1, 10);
  reads(date(''), [
    ['2024-05-01T10:00:00.123Z', noon + 123],
    ['2024-05-01T12:00:00+02:00', noon],
    ['2024-05-01T10:00:00', noon],
    [String(noon), noon],
  ]);
  refuses(date(''), [
    '',
    '2024-05-01',
    '2024-02-30',
    '2024-02-30T00:00:00Z',
    '253402300800000',
    '2024-05-01T24:01:00Z',
    '99999999999999999',
  ]);
});

test('words in any case, but no others', () => {
  const method = oneOf(['none', 'dhcp'], '');
  reads(method, [
    ['dhcp', 'dhcp'],
    ['DHCP', 'dhcp'],
    [' None ', 'none'],
  ]);
  refuses(method, ['', 'dhcp none', 'constructor']);
  const refusal = textReader(method, 'assignment_method')('DCHP');
  assert.ok(isMistake(refusal));
  assert.equal(refusal.text, '"DCHP" is not a valid assignment_method; it is one of none, dhcp');
});

test('texts without the white space around them, secrets with it', () => {
  reads(string(''), [
    ['\r\n a b\t', 'a b'],
    ['\u00a0a', '\u00a0a'],
    ['', ''],
    ['😀', '😀'],
  ]);
  reads(secret(''), [[' a ', ' a ']]);
  refuses(string(''), ['a'.repeat(70_000)]);
});
