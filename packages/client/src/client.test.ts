/** What TypeScript makes of the client: each line that must not compile says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiObject, connect } from './index.ts';

const api = connect({ url: 'https://engine', token: 't' });

/** Never called: it is only checked. */
export async function typed(): Promise<void> {
  const host = api.hosts.id('h');
  const nics: ApiObject<'host_nic'>[] = await host.nics.list({ follow: ['network_labels', 'network.qos'], max: 5 });
  const mtu: number | undefined = nics[0]?.mtu;
  // @ts-expect-error a number is a number
  const text: string | undefined = mtu;
  const preview: ApiObject<'host_change_preview'> = await host.setupNetworks({}, { preview: true });
  const outage: number | undefined = preview.expected_outage;
  const done: ApiObject<'action'> = await host.setupNetworks({ check_connectivity: false });
  const revision: ApiObject<'host_revision'> = await host.revisions.id(3).get({ since: '1' });
  const either = await host.setupNetworks({}, { preview: Boolean(outage) });
  const wanted: boolean | undefined = 'accepted' in either ? either.accepted : undefined;
  const added: ApiObject<'network_attachment'> = await host.networkAttachments.add({ network: { name: 'red' } });
  // @ts-expect-error a preview is not an attachment
  added.network = await host.networkAttachments.add({ network: { name: 'red' } }, { preview: true });
  // @ts-expect-error there is no such member
  await host.setupNetworks({ modified_bond: [] });
  // @ts-expect-error absence is not null
  await api.networks.id('n').update({ vlan: null });
  // @ts-expect-error there is no such link
  await host.nics.list({ follow: 'networks' });
  // @ts-expect-error what only reads a host has nothing to preview
  await host.refresh({}, { preview: true });
  // @ts-expect-error these cannot be searched
  await host.nics.list({ search: 'name=eth1' });
  // @ts-expect-error a network must be said
  await api.networks.add();
  // @ts-expect-error events are not changed
  api.events.id('1').update;
  await host.commitNetConfig();
  await host.copyHostNetworks({ source_host: { id: 's' } }, { include: 'labels', nics: 'eth1:eth3' });
  console.log(text, wanted, done, revision);
}

test('services and their own words do not meet', () => {
  assert.deepEqual(Object.keys(api).slice(0, 4), ['url', 'signIn', 'signOut', 'get']);
  assert.equal(typeof api.hosts.list, 'function');
  assert.deepEqual(Object.keys(api.hosts.id('h').revisions.id(1)), ['get', 'revert']);
});
