/**
 * The management network moves while a TCP session runs over it: the session and the confirm survive, or the move is taken back. How
 * long nothing came through is measured at the other end, which is the switch.
 */
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { before, describe, type TestContext, test } from 'node:test';
import type { Running } from '@patchbay/lab';
import type { Reply } from '../client.ts';
import { type HostView, type System, viewHost } from './system.ts';

const HOST = 'host2';
const PORT = 7118;
/** Milliseconds without a byte that are hardly felt. */
const GAP = 2_000;
/** Bytes in a second of a session that nothing stops. */
const PER_SECOND = 100;
/** Takes one session, and tells at its end how many bytes came and the longest time without any, in milliseconds. */
const listener = `
require('node:net').createServer((socket) => {
  let bytes = 0, last = performance.now(), gap = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    gap = Math.max(gap, performance.now() - last);
    last = performance.now();
  });
  socket.on('close', () => { console.log(JSON.stringify({ bytes, gap: Math.round(gap) })); process.exit(); });
}).listen(${PORT}, '192.168.100.1', () => console.log('listening'));`;
/** Says something again and again, until its input ends, and for half a second more: a move may be over sooner than that. */
const speaker = `
const socket = require('node:net').connect(${PORT}, '192.168.100.1', () => console.log('connected'));
socket.setNoDelay();
let left = Infinity;
const timer = setInterval(() => {
  socket.write('.');
  if (--left > 0) return;
  clearInterval(timer);
  socket.end();
}, ${1000 / PER_SECOND});
process.stdin.on('end', () => { left = ${PER_SECOND / 2}; }).resume();`;

const json = { accept: 'application/json' };

interface Session {
  /** Milliseconds without a byte. @throws when it broke off before */
  end(): Promise<number>;
}

async function openSession(t: TestContext, { lab }: System): Promise<Session> {
  const linesOf = ({ stdout }: Running) => createInterface({ input: stdout })[Symbol.asyncIterator]();
  const near = lab.spawn('switch', [process.execPath, '-e', listener]);
  const heard = linesOf(near);
  await heard.next();
  const far = lab.spawn(HOST, [process.execPath, '-e', speaker]);
  await linesOf(far).next();
  t.after(() => {
    for (const one of [near, far]) one.kill();
    return Promise.allSettled([near.status, far.status]);
  });
  return {
    async end() {
      far.stdin.end();
      const { value = 'null' } = await heard.next();
      const measured = JSON.parse(value) as { bytes: number; gap: number } | null;
      assert.equal(await far.status, 0, 'the session broke off');
      assert.ok(measured !== null && measured.bytes > PER_SECOND / 2, `${value} came through`);
      return measured.gap;
    },
  };
}

export function managementMovesSuite(system: () => System): void {
  describe('the management network moves', { timeout: 600_000 }, () => {
    let host: HostView;
    let networkId = '';
    before(async () => {
      host = await viewHost(system(), HOST);
      const found = await system().api.request('GET', '/networks?search=name%3Dovirtmgmt', undefined, json);
      networkId = found.items('network')[0]?.id ?? '';
      assert.notEqual(networkId, '');
    });

    /** Says what the network shall be; it comes true where it is synchronised. */
    const redefine = async (part: object): Promise<void> => {
      const reply = await system().api.request('PUT', `/networks/${networkId}?propagate=false`, part);
      assert.equal(reply.status, 200, reply.text);
    };
    const asDefined = async () => {
      const found = await system().api.request('GET', `/hosts/${host.id}/networkattachments`, undefined, json);
      const id = found.items('network_attachment').find(({ network }) => network?.id === networkId)?.id;
      return { synchronized_network_attachments: { network_attachment: [{ id }] } };
    };
    const synchronise = async (timeout = 30): Promise<Reply> =>
      host.request('POST', '/setupnetworks', {
        connectivity_timeout: timeout,
        commit_on_success: true,
        ...(await asDefined()),
      });
    /** Moves the network onto a nic or bond, whatever else the request asks for. */
    const moveTo = (nic: string, more: object): Promise<Reply> =>
      host.request('POST', '/setupnetworks', {
        connectivity_timeout: 30,
        commit_on_success: true,
        modified_network_attachments: {
          network_attachment: [{ network: { name: 'ovirtmgmt' }, host_nic: { name: nic } }],
        },
        ...more,
      });
    /** Device with the host's address, and what is below it down to the cable. */
    const chain = async (): Promise<string[]> => {
      const links = [...(await host.links()).values()];
      const found = [links.find(({ addr_info }) => addr_info.some(({ local }) => local === '192.168.100.12'))];
      for (let top = found[0]; top !== undefined; ) {
        const { ifname, link } = top;
        top = links.find((one) => one.master === ifname || one.ifname === link);
        found.push(top);
      }
      return found.flatMap((one) => one?.ifname ?? []);
    };
    /** Moves under a session that has to live on. */
    const survive = async (t: TestContext, what: string, move: () => Promise<Reply>): Promise<void> => {
      const session = await openSession(t, system());
      const reply = await move();
      assert.equal(reply.status, 200, reply.text);
      const gap = await session.end();
      t.diagnostic(`${what}: nothing came through for ${gap} ms`);
      assert.ok(gap < GAP, `${what}: ${gap} ms`);
    };
    /** On the cables of these nics, a VLAN that leads where what has no tag is led. */
    const answerOn = async (t: TestContext, vlan: number, ...nics: string[]): Promise<void> => {
      const ports = nics.map((nic) => `${HOST}-${nic}`);
      const lines = ports.flatMap((port) => [
        `link add link ${port} name ${port}.${vlan} type vlan id ${vlan}`,
        `link set ${port}.${vlan} master br0 up`,
      ]);
      const onSwitch = async (those: string[]) => {
        const input = `${those.join('\n')}\n`;
        const { status, stderr } = await system().lab.exec('switch', ['ip', '-batch', '-'], { input });
        assert.equal(status, 0, stderr);
      };
      await onSwitch(lines);
      t.after(() => onSwitch(ports.map((port) => `link del ${port}.${vlan}`)));
    };

    test('HT-118 from a nic to a bridge, to a bond with a bridge, to a VLAN, and not to one where nobody answers', async (t) => {
      assert.deepEqual(await chain(), ['ovirtmgmt', 'eth0']);
      await redefine({ usages: { usage: [] } });
      await survive(t, 'bridge to nic', () => synchronise());
      assert.deepEqual(await chain(), ['eth0']);
      await redefine({ usages: { usage: ['vm'] } });
      await survive(t, 'nic to bridge', () => synchronise());
      assert.deepEqual(await chain(), ['ovirtmgmt', 'eth0']);

      const slaves = { host_nic: ['eth0', 'eth4'].map((name) => ({ name })) };
      const bonding = { options: { option: [{ name: 'mode', value: '1' }] }, slaves };
      const bonds = { host_nic: [{ name: 'bond0', bonding }] };
      await survive(t, 'nic to bond', () => moveTo('bond0', { modified_bonds: bonds }));
      assert.deepEqual((await chain()).slice(0, 2), ['ovirtmgmt', 'bond0']);

      await answerOn(t, 40, 'eth0', 'eth4');
      await redefine({ vlan: { id: 40 } });
      await survive(t, 'bond to VLAN', () => synchronise());
      assert.deepEqual((await chain()).slice(0, 3), ['ovirtmgmt', 'bond0.40', 'bond0']);

      const addresses = await host.exec('ip', '-o', 'addr', 'show', 'ovirtmgmt');
      const session = await openSession(t, system());
      await redefine({ vlan: { id: 41 } });
      const reply = await synchronise(11);
      assert.equal(reply.status, 504, reply.text);
      assert.match(reply.text, /taken the change back|takes it back/);
      const gap = await session.end();
      t.diagnostic(`to a VLAN where nobody answers, and back: nothing came through for ${gap} ms`);
      assert.deepEqual((await chain()).slice(0, 3), ['ovirtmgmt', 'bond0.40', 'bond0']);
      assert.equal(await host.exec('ip', '-o', 'addr', 'show', 'ovirtmgmt'), addresses);

      await redefine({ vlan: {} });
      await survive(t, 'VLAN and bond to nic', async () =>
        moveTo('eth0', { removed_bonds: { host_nic: [{ name: 'bond0' }] }, ...(await asDefined()) }),
      );
      assert.deepEqual(await chain(), ['ovirtmgmt', 'eth0']);
    });
  });
}
