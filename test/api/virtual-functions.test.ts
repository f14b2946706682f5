/** Virtual functions (SR-IOV) through the API: as shown, as changed, previewed, taken back, and who may use them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noWorkloads } from '../../packages/engine/src/operations/workloads.ts';
import { hostAt, makeNetwork, type System, startSystem, until } from './system.ts';

const accept = { accept: 'application/json' };

describe('virtual functions', { timeout: 300_000 }, () => {
  let system: System;
  let red: string;
  before(async () => {
    system = await startSystem(2, 6, { eth0: 7, eth4: 7, eth5: 7 });
    red = await makeNetwork(system, 'red', { vlan: 101 });
  });
  after(() => system.stop());

  const host = () => hostAt(system, 0);
  const path = async (nic: string, rest = '') => `/nics/${await host().nic(nic)}${rest}`;
  const whole = async (nic: string) =>
    (await host().request('GET', await path(nic, '?all_content=true'), undefined, accept)).as('host_nic');
  const update = async (nic: string, wish: object, query = '', more: object = {}) =>
    host().request('POST', await path(nic, `/updatevirtualfunctionsconfiguration${query}`), {
      ...more,
      virtual_functions_configuration: wish,
    });
  const number = async (nic: string, count: number, query = '', more: object = {}) =>
    update(nic, { number_of_virtual_functions: count }, query, more);
  const inKernel = async (nic: string) =>
    (await host().memory.kernel.observe()).links.find(({ name }) => name === nic)?.sriov?.current;
  const events = async (name: string) =>
    (await system.engine.engine.store.events()).filter(({ description }) => description.startsWith(`${name}:`));
  const done = (reply: { status: number; text: string }) => assert.equal(reply.status, 200, reply.text);

  test('are shown, with their links and their action, only where more content is asked for', async () => {
    const { id, name } = host();
    const nic = await host().nic('eth5');
    const href = `/ovirt-engine/api/hosts/${id}/nics/${nic}`;
    const plain = (await host().request('GET', `/nics/${nic}`, undefined, accept)).as('host_nic');
    assert.equal(plain.virtual_functions_configuration, undefined);
    assert.deepEqual(plain.actions?.link, []);
    const shown = await whole('eth5');
    assert.deepEqual(shown.virtual_functions_configuration, {
      all_networks_allowed: true,
      max_number_of_virtual_functions: 7,
      number_of_virtual_functions: 0,
    });
    const rel = 'updatevirtualfunctionsconfiguration';
    assert.deepEqual(shown.actions?.link, [{ href: `${href}/${rel}`, rel }]);
    const rels = (one: typeof shown) => one.link?.map((link) => link.rel).filter((text) => text?.startsWith('virtual'));
    assert.deepEqual(rels(shown), ['virtualfunctionallowedlabels', 'virtualfunctionallowednetworks']);
    for (const [one, label] of [
      [plain, 'not asked for'],
      [await whole('eth1'), `${name} has no such nic`],
    ] as const) {
      assert.deepEqual(rels(one), [], label);
    }
    const listed = await host().request('GET', '/nics', undefined, { ...accept, 'all-content': 'true' });
    const found = listed.items('host_nic').find((one) => one.id === nic);
    assert.equal(found?.virtual_functions_configuration?.max_number_of_virtual_functions, 7, 'by the header, too');
  });

  test('are a change of the host: previewed, kept, told of, and gone back to', async () => {
    const preview = (await number('eth5', 2, '?preview=true')).as('host_change_preview');
    assert.equal(preview.accepted, true);
    assert.deepEqual(preview.differences, [
      { change: 'changed', kind: 'nic', name: 'eth5', properties: [{ after: '2', name: 'virtual_functions' }] },
    ]);
    assert.deepEqual(preview.steps, [
      { description: 'Give eth5 2 virtual functions, and wait for their names', kind: 'sriov.numvfs' },
    ]);
    assert.match(preview.risks?.[0] ?? '', /some drivers reset the link of eth5/);
    assert.equal(preview.touches_management, false);
    const again = { ...preview.change_set?.virtual_functions_configuration };
    assert.deepEqual(again, { all_networks_allowed: true, number_of_virtual_functions: 2 });
    assert.equal(await inKernel('eth5'), 0);

    done(await update('eth5', again));
    assert.equal(await inKernel('eth5'), 2);
    assert.match(
      (await events('UPDATE_HOST_NIC_VFS_CONFIG')).at(-1)?.description ?? '',
      /eth5 of host host1 succeeded/,
    );
    const functions = await whole('eth5v1');
    assert.equal(functions.physical_function?.id, await host().nic('eth5'));
    assert.equal(functions.virtual_functions_configuration, undefined);
    done(await number('eth5', 4));
    assert.equal((await number('eth5', 4, '?preview')).as('host_change_preview').steps?.length, 0, 'it has them');

    const revisions = (await host().request('GET', '/revisions', undefined, accept)).items('host_revision');
    const back = await host().request('POST', `/revisions/${revisions[1]?.id}/revert`, {});
    done(back);
    assert.equal(await inKernel('eth5'), 2);
    done(await host().request('POST', `/revisions/${revisions.at(-1)?.id}/revert`, {}));
    assert.equal(await inKernel('eth5'), 0, 'what the host had before anybody asked');
  });

  test('stay through other changes, also where another hand made others, until they are synchronised', async () => {
    done(await number('eth5', 2, '', { commit_on_success: true }));
    const { kernel } = host().memory;
    kernel.disturb({ kind: 'sriov.numvfs', device: 'eth5', count: 0 });
    kernel.disturb({ kind: 'sriov.numvfs', device: 'eth5', count: 3 });
    done(await host().request('POST', '/refresh', {}));
    const shown = await whole('eth5');
    assert.equal(shown.virtual_functions_configuration?.number_of_virtual_functions, 3);
    const attachment = { network: { id: red } };
    const made = await host().request('POST', await path('eth1', '/networkattachments'), attachment);
    assert.equal(made.status, 201, made.text);
    assert.equal(await inKernel('eth5'), 3);
    done(await host().request('POST', '/syncallnetworks', {}));
    assert.equal(await inKernel('eth5'), 2);
  });

  test('in use are left alone, and one that a VM has takes no network', async () => {
    const { engine } = system.engine;
    done(await number('eth5', 2));
    const heldNics = () => Promise.resolve(new Map([['eth5v0', 'web']]));
    engine.workloads = { ...noWorkloads, heldNics };
    const refused = await number('eth5', 0);
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.text, /eth5v0 \(VM web\).*VF-03/);
    const network = { network: { id: await makeNetwork(system, 'green') } };
    const attach = await host().request('POST', await path('eth5v0', '/networkattachments'), network);
    assert.equal(attach.status, 409, attach.text);
    assert.match(attach.text, /eth5v0 is held by VM web.*VF-09/);
    engine.workloads = noWorkloads;
    assert.match((await events('UPDATE_HOST_NIC_VFS_CONFIG_FAILED')).at(-1)?.description ?? '', /VF-03/);
    done(await number('eth5', 0));
  });

  test('of the nic that carries management need force', async () => {
    const refused = await number('eth0', 1);
    assert.equal(refused.status, 409, refused.text);
    assert.match(refused.text, /eth0 carries the management network.*VF-10/);
    const preview = (await number('eth0', 1, '?preview', { force: true })).as('host_change_preview');
    assert.equal(preview.accepted, true);
    assert.equal(preview.fault, undefined);
    assert.equal(preview.touches_management, true);
    done(await number('eth0', 1, '', { force: true }));
    done(await number('eth0', 0, '', { force: true }));
    assert.equal(await inKernel('eth0'), 0);
  });

  test('that a driver does not make are a failure of the host, which has taken them back', async (t) => {
    const { kernel } = host().memory;
    const execute = kernel.execute.bind(kernel);
    t.mock.method(kernel, 'execute', async (...[ops, between]: Parameters<typeof execute>) => {
      const failed = ops.find((op) => op.kind === 'sriov.numvfs' && op.count > 0);
      return failed === undefined
        ? execute(ops, between)
        : { ok: false as const, failed, message: 'ENOSPC: no space left on device, write' };
    });
    const refused = await number('eth4', 2);
    assert.equal(refused.status, 502, refused.text);
    assert.match(refused.text, /ENOSPC.*taken the change back.*\(UPDATE_NUM_VFS_FAILURE\)/);
    const { number_of_virtual_functions: count } = (await whole('eth4')).virtual_functions_configuration ?? {};
    assert.equal(count, 0);
  });

  test('are not for a nic without any, and the action says what it wants', async () => {
    const plain = await number('eth1', 1);
    assert.equal(plain.status, 405, plain.text);
    const { fault } = plain.as('action');
    assert.match(fault?.reason ?? '', /^eth1 is not an SR-IOV physical function/);
    assert.match(fault?.detail ?? '', /VF-02, ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED/);
    for (const wish of [{}, undefined]) {
      const empty = await update('eth5', wish as object);
      assert.equal(empty.status, 400, empty.text);
      assert.match(empty.text, /number_of_virtual_functions\|all_networks_allowed.*VF-08/);
    }
    const xml = '<action><virtual_functions_configuration number_of_virtual_functions="1"/></action>';
    done(await host().request('POST', await path('eth5', '/updatevirtualfunctionsconfiguration'), xml));
    assert.equal(await inKernel('eth5'), 1);
    for (const list of ['virtualfunctionallowednetworks', 'virtualfunctionallowedlabels']) {
      const reply = await host().request('GET', await path('eth1', `/${list}`), undefined, accept);
      done(reply);
      assert.deepEqual(JSON.parse(reply.text), {});
    }
  });

  test('may be used by the networks on the list of their nic, while there is one', async () => {
    const list = await path('eth5', '/virtualfunctionallowednetworks');
    const early = await host().request('POST', list, { id: red });
    assert.equal(early.status, 409);
    assert.match(early.text, /VF-05/);
    done(await update('eth5', { all_networks_allowed: false }));
    const blue = await makeNetwork(system, 'blue', { vlan: 102 });
    for (const network of [{ id: red }, { name: 'blue' }]) {
      const added = await host().request('POST', list, network);
      done(added);
      assert.equal(added.as('action').status, 'complete');
    }
    const href = `/ovirt-engine/api/hosts/${host().id}${list}`;
    const shown = await host().request('GET', list, undefined, accept);
    assert.deepEqual(
      shown.items('network'),
      [red, blue].map((id) => ({ id, href: `${href}/${id}` })),
    );
    const one = await host().request('GET', `${list}/${blue}`, undefined, accept);
    assert.deepEqual(one.as('network'), { id: blue, href: `${href}/${blue}` });
    const refusals: [object, number, string][] = [
      [{ id: red }, 409, 'VF-07'],
      [{ name: 'nosuch' }, 400, 'VF-06'],
      [{}, 400, 'id|name'],
    ];
    for (const [network, status, word] of refusals) {
      const reply = await host().request('POST', list, network);
      assert.equal(reply.status, status, reply.text);
      assert.ok(reply.text.includes(word), reply.text);
    }
    done(await host().request('DELETE', `${list}/${red}`));
    const gone = await host().request('DELETE', `${list}/${red}`);
    assert.equal(gone.status, 409, gone.text);
    assert.match(gone.text, /red is not in the list of eth5.*VF-07/);
    assert.equal((await host().request('GET', `${list}/${red}`)).status, 404);
    assert.equal((await events('ADD_VFS_CONFIG_NETWORK')).length, 2);
    assert.match((await events('REMOVE_VFS_CONFIG_NETWORK')).at(-1)?.description ?? '', /network red/);
    assert.match((await events('REMOVE_VFS_CONFIG_NETWORK_FAILED')).at(-1)?.description ?? '', /VF-07/);
    done(await system.api.request('DELETE', `/networks/${blue}`));
    assert.deepEqual((await host().request('GET', list, undefined, accept)).items('network'), [], 'it went with it');
  });

  test('may be used by networks with the labels on the list of their nic', async () => {
    const list = await path('eth5', '/virtualfunctionallowedlabels');
    const added = await host().request('POST', list, { id: 'lab' });
    assert.equal(added.status, 201, added.text);
    const href = `/ovirt-engine/api/hosts/${host().id}${list}/lab`;
    assert.deepEqual([added.as('network_label').id, added.as('network_label').href], ['lab', href]);
    const read = (rest: string) => host().request('GET', `${list}${rest}`, undefined, accept);
    assert.deepEqual(
      (await read('')).items('network_label').map((one) => one.href),
      [href],
    );
    assert.equal((await read('/lab')).as('network_label').host_nic?.id, await host().nic('eth5'));
    assert.equal((await read('/nolab')).status, 404);
    for (const [label, status, rule] of [
      ['lab', 409, 'VF-07'],
      ['no good', 400, 'LBL-01'],
    ] as const) {
      const reply = await host().request('POST', list, { id: label });
      assert.equal(reply.status, status, reply.text);
      assert.ok(reply.text.includes(rule), reply.text);
    }
    const preview = await host().request('DELETE', `${list}/lab?preview=true`);
    assert.equal(preview.as('host_change_preview').accepted, true);
    done(await host().request('DELETE', `${list}/lab`));
    const last = await host().request('DELETE', `${list}/lab`);
    assert.equal(last.status, 409, last.text);
    assert.deepEqual(
      [(await events('ADD_VFS_CONFIG_LABEL')).length, (await events('REMOVE_VFS_CONFIG_LABEL')).length],
      [1, 1],
    );
    assert.equal((await host().request('POST', list, { id: 'lab' })).status, 201);
    done(await update('eth5', { all_networks_allowed: true }));
    assert.deepEqual((await read('')).items('network_label'), [], 'all networks: no lists');
  });

  test('can be asked for without waiting', async () => {
    const reply = await number('eth4', 3, '?async=true');
    assert.equal(reply.status, 202, reply.text);
    await until('they are there', async () => (await inKernel('eth4')) === 3);
  });

  test('are no nics to be paired with those of a host that has others', async () => {
    const target = hostAt(system, 1);
    const source_host = { id: host().id };
    done(await target.request('POST', '/copyhostnetworks', { source_host }));
    const attachments = await target.request('GET', '/networkattachments', undefined, accept);
    const red1 = attachments.items('network_attachment').find((one) => one.network?.id === red);
    assert.equal(red1?.host_nic?.id, await target.nic('eth1'));
  });
});
