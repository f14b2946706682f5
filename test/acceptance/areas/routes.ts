/** Gateways, the default route and name servers. */
import assert from 'node:assert/strict';
import { until } from '../../api/system.ts';
import { type Area, alsoInLab, scenario } from '../area.ts';
import { attach, bond, dns, ip, modify, nicPost, put, remove, setupNetworks, v4, v6 } from '../asks.ts';
import type { Host } from '../host.ts';
import type { Network, Stage } from '../stage.ts';

const MAIN = 254;
const gateway = ip(v4.static('5.5.5.1', 24, '5.5.5.254'));

/** The table that the gateway 5.5.5.254 has for itself, with the rules that lead to it. */
async function ownTable({ kernel }: Host) {
  const route = (await kernel.routes()).find((one) => one.gateway === '5.5.5.254');
  const rules = (await kernel.rules()).filter((rule) => rule.table === route?.table);
  return { route, rules };
}

async function defaultRoutes({ kernel }: Host) {
  return (await kernel.routes()).filter((one) => one.table === MAIN && one.destination === 'default');
}

async function ownGateway(host: Host, network: Network): Promise<void> {
  const before = await defaultRoutes(host);
  await host.accepts(setupNetworks(attach(network, 'eth1', gateway)));
  const { route, rules } = await ownTable(host);
  assert.ok(route !== undefined && route.table !== MAIN, 'a table of its own');
  assert.ok(
    rules.length >= 2 && rules.every((rule) => `${rule.from} ${rule.to}`.includes('5.5.5.')),
    'rules lead to it',
  );
  assert.deepEqual(await defaultRoutes(host), before);
  assert.equal((await host.attachment(network)).in_sync, true);
}

/** The attachment of the management network, as the API shows it. */
async function management({ api, clusterId }: Stage, host: Host) {
  const networks = await api.request('GET', `/clusters/${clusterId}/networks`, undefined, {
    accept: 'application/json',
  });
  const found = networks.items('network').find((one) => one.usages?.includes('management'));
  assert.ok(found?.id && found.name);
  return { id: found.id, name: found.name, host };
}

export const routes: Area = {
  name: 'Gateways, default route, DNS',
  scenarios: {
    'AC-261': alsoInLab(async ({ network, host }) => ownGateway(host, await network({ vlan: 271 }))),
    'AC-262': scenario(async ({ network, host, afterwards }) => {
      await ownGateway(host, await network({ vm: false }));
      const key = 'net/ipv4/conf/eth1/rp_filter';
      assert.equal(await host.kernel.sysctl(key), '2', 'answers may come in by another device');
      // Nobody knows what it was before, so it stays so on the nic.
      const undo = { kind: 'sysctl.set', key, value: '0' } as const;
      afterwards(() => host.kernel.byHand(undo));
    }),
    'AC-263': scenario(async ({ network, host }) => {
      const V = await network();
      const before = [await host.kernel.rules(), (await host.kernel.routes()).filter((one) => one.gateway !== null)];
      await host.accepts(setupNetworks(attach(V, 'eth1', ip(v4.static('5.5.5.1', 24, '0.0.0.0')))));
      assert.deepEqual(await host.kernel.rules(), before[0]);
      assert.deepEqual(
        (await host.kernel.routes()).filter((one) => one.gateway !== null),
        before[1],
      );
      assert.equal((await host.attachment(V)).in_sync, true);
    }),
    'AC-264': alsoInLab(async ({ network, host }) => {
      const V = await network({ vlan: 272 });
      const before = await host.kernel.rules();
      await ownGateway(host, V);
      await host.accepts(setupNetworks(remove(V)));
      assert.deepEqual(await host.kernel.rules(), before);
      assert.equal((await ownTable(host)).route, undefined);
    }),
    'AC-265': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'], { mode: 1 }), attach(V, 'bond1', gateway)));
      const before = await ownTable(host);
      assert.ok(before.rules.length > 0);
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3', 'eth4'])));
      assert.deepEqual(await ownTable(host), before);
    }),
    'AC-266': scenario(async ({ accepts, afterwards, network, api, dataCentreId }) => {
      const M = await network({ assigned: false });
      const V = await network({ assigned: false });
      const cluster = (
        await accepts('POST', '/clusters', 'cluster', {
          ...{ name: 'west', data_center: { id: dataCentreId }, management_network: { id: M.id } },
        })
      ).as('cluster').id;
      afterwards(() => api.request('DELETE', `/clusters/${cluster}`));
      await accepts('POST', `/clusters/${cluster}/networks`, 'network', { id: V.id, required: false });
      const usages = async (of: Network) =>
        (await accepts('GET', `/clusters/${cluster}/networks/${of.id}`)).as('network').usages ?? [];
      assert.ok((await usages(M)).includes('default_route'));
      await accepts('PUT', `/clusters/${cluster}/networks/${V.id}`, 'network', {
        usages: { usage: ['vm', 'default_route'] },
      });
      assert.ok((await usages(V)).includes('default_route'));
      assert.ok(!(await usages(M)).includes('default_route'));
    }),
    'AC-267': scenario(async ({ refuses, network, host, clusterId, accepts }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      const path = `/clusters/${clusterId}/networks/${V.id}`;
      const role = { usages: { usage: ['vm', 'default_route'] } };
      await refuses(['PUT', path, 'network', role], 400, 'CLN-05', V.name, 'eth1', host.name);
      assert.deepEqual((await accepts('GET', path)).as('network').usages, ['vm']);
    }),
    'AC-268': scenario(async ({ network, host, accepts, clusterId }) => {
      const V = await network();
      // Neither host carries it, and back to management at the end, when the network is deleted.
      await accepts('PUT', `/clusters/${clusterId}/networks/${V.id}?propagate=false`, 'network', {
        usages: { usage: ['vm', 'default_route'] },
      });
      await host.refuses(setupNetworks(attach(V, 'eth2')), 409, 'IP-02', V.name);
      await accepts('DELETE', `/clusters/${clusterId}/networks/${V.id}`);
    }),
    'AC-269': scenario(async (stage) => {
      const { host, other, accepts, afterwards } = stage;
      const { id } = await management(stage, host);
      const set = (...servers: string[]) => accepts('PUT', `/networks/${id}`, 'network', dns(...servers));
      const before = await host.kernel.nameservers();
      const has = (...servers: string[]) =>
        until(`the hosts have ${servers}`, async () => {
          const both = [await host.kernel.nameservers(), await other.kernel.nameservers()];
          return both.every((one) => String(one) === String(servers));
        });
      afterwards(async () => {
        await set();
        for (const one of [host, other]) await one.kernel.byHand({ kind: 'dns.set', nameservers: before });
        await Promise.all([host.refresh(), other.refresh()]);
      });
      for (const servers of [['192.0.2.53'], ['192.0.2.53', '192.0.2.54'], ['192.0.2.54']]) {
        await set(...servers);
        await has(...servers);
      }
    }),
    'AC-270': scenario(async (stage) => {
      const { host, other, accepts, afterwards } = stage;
      const mgmt = await management(stage, host);
      const before = await host.kernel.nameservers();
      afterwards(async () => {
        await accepts('PUT', `/networks/${mgmt.id}`, 'network', dns());
        await host.accepts(setupNetworks(modify(mgmt, dns())));
        for (const one of [host, other]) await one.kernel.byHand({ kind: 'dns.set', nameservers: before });
        await Promise.all([host.refresh(), other.refresh()]);
      });
      await accepts('PUT', `/networks/${mgmt.id}`, 'network', dns('192.0.2.60'));
      const shows = (one: Host, servers: string[]) =>
        until(`${one.name} has ${servers}`, async () => String(await one.kernel.nameservers()) === String(servers));
      await shows(host, ['192.0.2.60']);
      await shows(other, ['192.0.2.60']);
      for (const servers of [['192.0.2.61'], ['192.0.2.61', '192.0.2.62']]) {
        await host.accepts(setupNetworks(modify(mgmt, dns(...servers))));
        assert.deepEqual(await host.kernel.nameservers(), servers);
      }
      assert.deepEqual(await other.kernel.nameservers(), ['192.0.2.60'], 'elsewhere the network speaks');
    }),
    'AC-271': scenario(async ({ network, host }) => {
      const V = await network();
      const wish = ip(v4.none(), v6.static('2001:db8::7', 64, '2001:db8::1'));
      await host.refuses(setupNetworks(attach(V, 'eth1', wish)), 400, 'IP-07', V.name);
      await host.accepts(setupNetworks(attach(V, 'eth1', ip(v6.static('2001:db8::7', 64)))));
      await host.refuses(put(V, wish), 400, 'IP-07', V.name);
    }),
    'AC-272': scenario(async ({ network, refuses }) => {
      const V = await network();
      const four = dns('192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4');
      await refuses(['PUT', `/networks/${V.id}`, 'network', four], 400, 'DNS-01', '4');
    }),
  },
};
