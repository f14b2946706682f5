import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode, decodeAnswer, encode, encodeCollection, encodeFault, encodeRequest, type MediaType } from './codec.ts';
import { apiObject, hostileBody } from './testing/arbitrary.ts';
import { type TypeName, types } from './types/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const all = Object.keys(types) as TypeName[];
const media = ['xml', 'json'] as const;

for (const form of media) {
  test(`${form}: every type comes back from an answer as it went in`, () => {
    for (const type of all) {
      fc.assert(
        fc.property(apiObject(fc, 'answer', type), (value) => {
          assert.deepEqual(decodeAnswer(form, bytes(encode(form, type, value)), type), { ok: true, value });
        }),
        { numRuns: 15 },
      );
    }
  });

  test(`${form}: every type comes back from a request as it went in`, () => {
    for (const type of all) {
      fc.assert(
        fc.property(apiObject(fc, 'request', type), (value) => {
          const decoded = decode(form, bytes(encodeRequest(form, type, value)), type);
          assert.deepEqual(decoded, { ok: true, value });
        }),
        { numRuns: 15 },
      );
    }
  });

  test(`${form}: a request may be an answer sent back whole; what only answers say is left out`, () => {
    for (const type of all) {
      fc.assert(
        fc.property(apiObject(fc, 'answer', type), (value) => {
          assert.ok(decode(form, bytes(encode(form, type, value)), type).ok);
        }),
        { numRuns: 10 },
      );
    }
    const nic = { id: 'a', href: '/h', name: 'eth0', mtu: 9000, status: 'up' as const };
    const read = decode(form, bytes(encode(form, 'host_nic', nic)), 'host_nic');
    assert.deepEqual(read, { ok: true, value: { id: 'a', name: 'eth0' } });
  });
}

test('a mutated body yields a value or a fault, never an exception', () => {
  fc.assert(
    fc.property(hostileBody(fc), ({ mediaType, type, body }) => {
      const decoded = decode(mediaType, body, type);
      if (!decoded.ok) assert.equal(decoded.fault.status, 400);
    }),
    { numRuns: 2000 },
  );
});

test('whatever was stored, the document stays well-formed', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)) }), (name) => {
      for (const form of media) {
        const text = encode(form, 'host', { name, id: name, os: { custom_kernel_cmdline: name } });
        assert.ok(decodeAnswer(form, bytes(text), 'host').ok, text);
      }
    }),
  );
  assert.match(encode('xml', 'host', { name: 'a\u0001b\ud800' }), /<name>a\ufffdb\ufffd<\/name>/);
});

test('absent, empty and given are three things', () => {
  const read = (form: MediaType, text: string) => decode(form, bytes(text), 'network');
  assert.deepEqual(read('xml', '<network/>'), { ok: true, value: {} });
  assert.deepEqual(read('xml', '<network><vlan/><usages/></network>'), { ok: true, value: { vlan: {}, usages: [] } });
  assert.deepEqual(read('json', '{"vlan": null, "usages": null}'), { ok: true, value: {} });
  for (const empty of ['{}', '[]', '{"usage": []}', '{"usage": null}']) {
    assert.deepEqual(read('json', `{"vlan": {}, "usages": ${empty}}`), { ok: true, value: { vlan: {}, usages: [] } });
  }
});

test('an action may come without a body', () => {
  for (const form of media) {
    for (const body of ['', ' \r\n']) assert.deepEqual(decode(form, bytes(body), 'action'), { ok: true, value: {} });
  }
});

test('a body of another type is refused by naming the expected root', () => {
  const decoded = decode('xml', bytes('\n<network id="a"/>'), 'network_attachment');
  assert.ok(!decoded.ok);
  assert.deepEqual([decoded.fault.line, decoded.fault.column], [2, 1]);
  assert.match(decoded.fault.detail, /the root <network_attachment> was expected, not <network>/);
});

test('a fault says where', () => {
  const xml = decode(
    'xml',
    bytes('<action>\n  <bonds><host_nic/><host_nic\n><mii>1</mii></host_nic></bonds></action>'),
    'action',
  );
  assert.ok(!xml.ok);
  assert.deepEqual(
    { ...xml.fault, detail: undefined },
    {
      status: 400,
      reason: 'Request syntactically incorrect.',
      detail: undefined,
      line: 3,
      column: 2,
      element: 'bonds.host_nic[1].mii',
    },
  );
  const json = decode('json', bytes('{"modified_bonds": {"host_nic": [{"bonding": {"slaves": 1}}]}}'), 'action');
  assert.ok(!json.ok);
  assert.equal(json.fault.element, 'modified_bonds.host_nic[0].bonding.slaves');
  const value = decode('xml', bytes('<network>\n<mtu>big</mtu></network>'), 'network');
  assert.ok(!value.ok);
  assert.equal(value.fault.reason, 'Invalid value');
  assert.match(value.fault.detail, /^line 2, column 1, mtu: "big" is not a whole number/);
});

test('members that Patchbay does not implement are accepted and ignored', () => {
  const host =
    '<host><name>h</name><hosted_engine><score>1</score></hosted_engine><nics href="/x"/><link rel="a" href="b"/></host>';
  assert.deepEqual(decode('xml', bytes(host), 'host'), { ok: true, value: { name: 'h' } });
  const json = '{"name": "h", "hosted_engine": {"score": 1}, "nics": {}, "link": [], "status": 7}';
  assert.deepEqual(decode('json', bytes(json), 'host'), { ok: true, value: { name: 'h' } });
});

test('secrets keep their blanks and are never sent back', () => {
  const decoded = decode('xml', bytes('<action><root_password> p </root_password></action>'), 'action');
  assert.deepEqual(decoded, { ok: true, value: { root_password: ' p ' } });
  for (const form of media) assert.doesNotMatch(encode(form, 'action', { root_password: 'p' }), /password/);
});

test('collections hold nothing but their members', () => {
  assert.equal(
    encodeCollection('xml', 'qos', [{ id: 'q' }]),
    '<?xml version="1.0" encoding="UTF-8"?>\n<qoss>\n  <qos id="q"/>\n</qoss>\n',
  );
  assert.equal(encodeCollection('xml', 'host', []), '<?xml version="1.0" encoding="UTF-8"?>\n<hosts/>\n');
  assert.equal(encodeCollection('json', 'host', []), '{}');
  assert.deepEqual(JSON.parse(encodeCollection('json', 'qos', [{ id: 'q' }])), { qos: [{ id: 'q' }] });
});

test('numbers and booleans are strings in JSON, decimals and dates are numbers', () => {
  const statistic = encode('json', 'statistic', { values: [{ datum: 1.5 }] });
  assert.deepEqual(JSON.parse(statistic), { values: { value: [{ datum: 1.5 }] } });
  const event = encode('json', 'event', { index: 7, log_on_host: true, time: 1732370706123 });
  assert.deepEqual(JSON.parse(event), { index: '7', log_on_host: 'true', time: 1732370706123 });
  assert.match(encode('xml', 'event', { time: 1732370706123 }), /<time>2024-11-23T14:05:06.123Z</);
  assert.match(encode('xml', 'value', { datum: 1.5e-7 }), /<datum>0.00000015</);
});

test('a fault stands at the top of a JSON answer and again inside', () => {
  const fault = { reason: 'r', detail: 'd' };
  assert.deepEqual(JSON.parse(encodeFault('json', fault)), { ...fault, fault });
  assert.match(encodeFault('xml', fault), /<fault>\n {2}<detail>d<\/detail>\n {2}<reason>r<\/reason>\n<\/fault>/);
});
