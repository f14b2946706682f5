/** Sockets of DHCPv6 on a real kernel. Runs on a lab host, as root. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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
});
