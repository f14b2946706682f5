/** Sockets of DHCPv6 on a real kernel. Runs on a lab host, as root. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { inLab } from '../../execute/real-kernel-for-tests.ts';
import { Link6 } from './link.ts';

const ip = (line: string) => assert.equal(spawnSync('ip', line.split(' ')).status, 0, line);
/** How many sockets listen to what servers say: port 546. */
const listeners = () => readFileSync('/proc/net/udp6', 'utf8').match(/:0222 /g)?.length ?? 0;

describe('sockets of DHCPv6', { skip: inLab ? false : 'needs a lab host' }, () => {
  before(() => {
    ip('link add leased0 type veth peer name leased1');
    for (const name of ['leased0', 'leased1']) ip(`link set ${name} up`);
  });
  after(() => ip('link del leased0'));

  test('one that is closed stays closed, whoever goes on asking', async (t) => {
    const [given, other] = [new Link6('leased0', () => {}), new Link6('leased0', () => {})];
    // Also a socket that should not be there would keep this process.
    t.after(() => {
      for (const link of [given, other]) link.close();
    });
    await given.ready();
    assert.equal(listeners(), 1);
    given.close();
    given.send(Buffer.alloc(4));
    // Begun later, so it is ready later.
    await other.ready();
    assert.equal(listeners(), 1);
  });

  test('a device that has another address is spoken for with that one, and heard', async (t) => {
    const answers = new EventEmitter();
    const client = new Link6('leased0', (bytes) => answers.emit('heard', `${bytes}`));
    const server = createSocket('udp6');
    t.after(() => {
      client.close();
      server.close();
    });
    server.bind(547, () => server.addMembership('ff02::1:2', '::%leased1'));
    await once(server, 'listening');
    await client.ready();
    ip('link set leased0 down address 02:00:00:00:00:77');
    ip('link set leased0 up');
    // Whoever asks anew waits until the new address may be used.
    const fresh = new Link6('leased0', () => {});
    await fresh.ready();
    fresh.close();
    client.send(Buffer.from('question'));
    const [question, { address, port }] = (await once(server, 'message')) as [Buffer, RemoteInfo];
    assert.equal(`${question}`, 'question');
    assert.match(address, /^fe80::ff:fe00:77%/);
    server.send('answer', port, address);
    assert.deepEqual(await once(answers, 'heard'), ['answer']);
  });
});
