import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Binding, Client6 } from './client.ts';
import * as dhcp from './message.ts';
import {
  addressIn,
  answer,
  type Heard,
  heard,
  hexOf,
  NAME_SERVER,
  type Says,
  SERVER,
  TestClock,
} from './server-for-tests.ts';

const identity = { duid: '000300010200000001ff', iaid: '0badcafe' };
const ADDRESS = '2001:db8::7';
/** A lease that a client has had for a while. */
const HELD: Binding = {
  address: ADDRESS,
  server: SERVER.toString('hex'),
  nameservers: [],
  renewAt: 1_030_000,
  rebindAt: 1_060_000,
  until: 1_090_000,
};

/** A client, what it was heard to say, and what it was told to have. The server says what a test has it say; null is silence. */
function scene(reply: (question: Heard, at: number) => Says | readonly Says[] | null) {
  const clock = new TestClock();
  const said: Heard[] = [];
  const told: (Binding | null)[] = [];
  const client: Client6 = new Client6(identity, {
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0.5,
    send(bytes) {
      const question = heard(bytes, clock.elapsed);
      said.push(question);
      const answers = reply(question, clock.elapsed);
      for (const one of answers === null ? [] : [answers].flat()) client.hear(answer(question, one));
    },
  });
  const run = (held: Binding | null = null, known: Binding | null = null) =>
    void client.run(held, known, async (binding) => {
      told.push(binding);
    });
  return { clock, said, told, client, run, types: () => said.map(({ type }) => type) };
}

/** A server that gives the one address to whoever asks, and says so to every question. */
const generous = (question: Heard): Says => ({
  type: question.type === dhcp.SOLICIT ? dhcp.ADVERTISE : dhcp.REPLY,
  address: ADDRESS,
});

describe('a DHCPv6 client', () => {
  test('asks, takes what it is offered, and renews half-way', async () => {
    const { clock, said, told, run, types } = scene(generous);
    run();
    await clock.pass(10_000);
    assert.deepEqual(types(), [dhcp.SOLICIT, dhcp.REQUEST]);
    assert.deepEqual(said[1]?.options.get(2), SERVER);
    assert.equal(said[0]?.options.get(1)?.toString('hex'), identity.duid);
    assert.equal(said[0]?.options.get(3)?.toString('hex', 0, 4), identity.iaid);
    const [binding] = told;
    assert.deepEqual([binding?.address, binding?.nameservers], [ADDRESS, [NAME_SERVER]]);
    const given = (said[1]?.at ?? 0) + 1_000_000;
    assert.deepEqual(
      [binding?.renewAt, binding?.rebindAt, binding?.until],
      [given + 50_000, given + 80_000, given + 200_000],
    );
    await clock.pass(45_000);
    assert.deepEqual(types(), [dhcp.SOLICIT, dhcp.REQUEST, dhcp.RENEW]);
    assert.equal(told.length, 2);
  });

  test('asks on while nobody answers, with ever longer pauses', async () => {
    const { clock, said, told, run } = scene(() => null);
    run();
    await clock.pass(120_000);
    assert.ok(said.every(({ type }) => type === dhcp.SOLICIT));
    const pauses = said.slice(1).map(({ at }, before) => at - (said[before]?.at ?? 0));
    assert.deepEqual(
      pauses.map((pause) => Math.round(pause / 1000)),
      [1, 2, 4, 8, 16, 32],
    );
    assert.deepEqual(told, []);
  });

  test('waits for the offer that a server prefers, and not where one asks not to wait', async () => {
    const other = Buffer.from('00030001020000000002', 'hex');
    for (const [preference, chosen, wait] of [
      [7, other, 1000],
      [255, other, 0],
    ] as const) {
      const { clock, said, run } = scene((question) =>
        question.type === dhcp.SOLICIT
          ? [
              { type: dhcp.ADVERTISE, address: ADDRESS },
              { type: dhcp.ADVERTISE, address: '2001:db8::8', server: other, preference },
            ]
          : { type: dhcp.REPLY, address: ADDRESS },
      );
      run();
      await clock.pass(5000);
      assert.deepEqual(said[1]?.options.get(2), chosen);
      assert.equal((said[1]?.at ?? 0) - (said[0]?.at ?? 0), wait);
    }
  });

  test('asks every server when its own is silent, and has nothing when all of them are', async () => {
    let silent = false;
    const { clock, said, told, run } = scene((question) => (silent ? null : generous(question)));
    run();
    await clock.pass(10_000);
    silent = true;
    await clock.pass(195_000);
    const kinds = [...new Set(said.map(({ type }) => type))];
    assert.deepEqual(kinds, [dhcp.SOLICIT, dhcp.REQUEST, dhcp.RENEW, dhcp.REBIND]);
    assert.ok(said.filter(({ type }) => type === dhcp.REBIND).every(({ options }) => !options.has(2)));
    assert.equal(told.at(-1), null);
    await clock.pass(10_000);
    assert.equal(said.at(-1)?.type, dhcp.SOLICIT);
    assert.equal(addressIn(said.at(-1) as Heard), hexOf(ADDRESS), 'it asks for what it had');
  });

  test('goes on with what its predecessor held, without a word', async () => {
    const { clock, said, told, run } = scene(generous);
    run(HELD);
    await clock.pass(29_000);
    assert.deepEqual([said, told], [[], [HELD]]);
    await clock.pass(2000);
    assert.deepEqual(
      said.map(({ type }) => type),
      [dhcp.RENEW],
    );
  });

  test('asks whether an address from elsewhere still fits, and keeps it unless told otherwise', async () => {
    for (const [says, kept] of [
      [{ type: dhcp.REPLY, status: dhcp.SUCCESS }, true],
      [null, true],
      [{ type: dhcp.REPLY, status: dhcp.NOT_ON_LINK }, false],
    ] as const) {
      const { clock, told, run, types } = scene((question) => (question.type === dhcp.CONFIRM ? says : null));
      run(null, HELD);
      await clock.pass(12_000);
      assert.equal(types()[0], dhcp.CONFIRM);
      assert.deepEqual(told, kept ? [HELD] : []);
      assert.equal(types().includes(dhcp.SOLICIT), !kept);
    }
  });

  test('asks anew for what the server has forgotten, and starts over when the address is taken back', async () => {
    const { clock, types, run } = scene((question) =>
      question.type === dhcp.RENEW ? { type: dhcp.REPLY, status: dhcp.NO_BINDING } : generous(question),
    );
    run();
    await clock.pass(60_000);
    assert.deepEqual(types(), [dhcp.SOLICIT, dhcp.REQUEST, dhcp.RENEW, dhcp.REQUEST]);
    const taken = scene((question) =>
      question.type === dhcp.RENEW
        ? { type: dhcp.REPLY, address: ADDRESS, preferred: 0, valid: 0 }
        : generous(question),
    );
    taken.run();
    await taken.clock.pass(60_000);
    assert.deepEqual(taken.types(), [dhcp.SOLICIT, dhcp.REQUEST, dhcp.RENEW, dhcp.SOLICIT, dhcp.REQUEST]);
    assert.deepEqual(
      taken.told.map((binding) => binding === null),
      [false, true, false],
    );
  });

  test('declines an address that another machine has, and does not ask for it again', async () => {
    const { clock, said, told, client, run, types } = scene(generous);
    run();
    await clock.pass(10_000);
    client.decline();
    await clock.pass(1000);
    assert.deepEqual(types().slice(2, 4), [dhcp.DECLINE, dhcp.SOLICIT]);
    assert.deepEqual([addressIn(said[2] as Heard), addressIn(said[3] as Heard)], [hexOf(ADDRESS), null]);
    assert.deepEqual(told.map((binding) => binding === null).slice(0, 2), [false, true]);
  });

  test('says that an address is free four times at most', async () => {
    const { clock, client, types } = scene(() => null);
    const gone = client.release({
      address: ADDRESS,
      server: '0003',
      nameservers: [],
      renewAt: 0,
      rebindAt: 0,
      until: 0,
    });
    await clock.pass(60_000);
    await gone;
    assert.deepEqual(types(), [dhcp.RELEASE, dhcp.RELEASE, dhcp.RELEASE, dhcp.RELEASE]);
  });

  test('hears nothing that is not meant for it', async () => {
    const question = heard(
      dhcp.encode({
        type: dhcp.SOLICIT,
        transaction: 0x123456,
        client: identity.duid,
        server: null,
        iaid: identity.iaid,
        address: null,
        elapsed: 12_340,
      }),
      0,
    );
    assert.equal(question.options.get(8)?.readUInt16BE(), 1234);
    const good = answer(question, { type: dhcp.ADVERTISE, address: ADDRESS });
    assert.equal(dhcp.decode(good, identity.iaid)?.association?.addresses[0]?.address, ADDRESS);
    assert.equal(dhcp.decode(good, '00000001')?.association, null);
    for (let length = 0; length < good.length; length++) {
      // Cut anywhere, it is no answer, or one without what was cut off.
      const part = dhcp.decode(good.subarray(0, length), identity.iaid);
      assert.ok(part === null || part.nameservers.length === 0, String(length));
    }
    assert.equal(dhcp.decode(answer(question, { type: dhcp.SOLICIT }), identity.iaid), null);
    assert.deepEqual(
      dhcp.decode(answer(question, { type: dhcp.REPLY, address: ADDRESS, preferred: 9, valid: 8 }), identity.iaid)
        ?.association?.addresses,
      [],
    );
  });
});
