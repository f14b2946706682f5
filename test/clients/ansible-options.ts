/** Whether the playbooks exercise every option of every module that touches host networks. */
import { type Outcome, program } from './client.ts';

export interface Task {
  name: string;
  /** One for each host it ran on. */
  results: TaskResult[];
}

export interface TaskResult {
  failed?: boolean;
  changed?: boolean;
  skipped?: boolean;
  msg?: unknown;
  content?: unknown;
  action?: string;
  invocation?: { module_args?: Readonly<Record<string, unknown>> };
  /** Of each round of a loop. */
  results?: TaskResult[];
}

const collection = 'ovirt.ovirt.';

/** The modules, and why an option is not exercised. */
const modules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ovirt_auth: {
    hostname: 'stands for HTTPS at the usual port, and the engine of the tests speaks HTTP',
    kerberos: 'signs in with a ticket, which the engine does not take',
  },
  ovirt_network: { external_provider: 'there are no providers of networks' },
  ovirt_host_network: {},
  ovirt_host: {
    enroll_certificate: 'an agent renews its certificate by itself',
    iscsi: 'storage is nothing of host networks',
    check_upgrade: 'software of hosts is nothing of host networks',
    reboot_after_upgrade: 'software of hosts is nothing of host networks',
  },
  ovirt_host_info: {},
  ovirt_network_info: {},
  ovirt_datacenter: { iscsi_bonds: 'is given, but empty: there is no storage' },
  ovirt_cluster: { external_network_providers: 'is given, but empty: there are no providers of networks' },
  ovirt_qos: {},
  ovirt_event_info: {
    headers: 'the module itself fails with it, before it asks anything',
    query: 'the module itself fails with it, before it asks anything',
    wait: 'the module itself fails with it, when it reads an answer that is not there yet',
  },
  ovirt_vnic_profile: {},
};

interface Option {
  default?: unknown;
  suboptions?: Readonly<Record<string, unknown>>;
}

/** @returns one outcome for each module; its problem names what no task has set to anything but what it is anyway */
export async function covered(folder: string, tasks: readonly Task[]): Promise<Outcome[]> {
  const names = Object.keys(modules).map((name) => collection + name);
  const text = await program(`${folder}/bin/ansible-doc`, ['--json', ...names]);
  const described = JSON.parse(text) as Record<string, { doc: { options: Readonly<Record<string, Option>> } }>;
  const done = tasks.flatMap(({ results }) => results.flatMap(rounds)).filter((one) => !one.failed && !one.skipped);
  return Object.entries(modules).map(([name, without]) => {
    const given = done
      .filter(({ action }) => action === collection + name)
      .map(({ invocation }) => invocation?.module_args ?? {});
    const options = Object.entries(described[collection + name]?.doc.options ?? {});
    // How to sign in is the business of one module, and the others do not show it.
    const asked = options.filter(([option]) => !(option in without) && option !== 'auth');
    const missing = asked.flatMap(([option, said]) => unset(option, said, given));
    const operation = `every option of ${name}${exceptions(without)}`;
    if (options.length === 0) return { operation, problem: 'the module is not described' };
    return { operation, problem: missing.length === 0 ? null : `not exercised: ${missing.join(', ')}` };
  });
}

/** The option when nothing was ever given for it, and those of its members that were not. */
function unset(option: string, said: Option, given: readonly Readonly<Record<string, unknown>>[]): string[] {
  const values = given.map((all) => all[option]).filter((value) => differs(value, said.default));
  if (values.length === 0) return [option];
  const members = new Set(values.flat().flatMap((value) => Object.keys(value ?? {})));
  const named = Object.keys(said.suboptions ?? {});
  return named.filter((member) => !members.has(member)).map((member) => `${option}.${member}`);
}

function exceptions(without: Readonly<Record<string, string>>): string {
  const all = Object.entries(without).map(([option, why]) => `${option} (${why})`);
  return all.length === 0 ? '' : `, but for ${all.join(', ')}`;
}

function rounds(result: TaskResult): TaskResult[] {
  return (
    result.results?.flatMap(rounds).map((one) => ({ ...one, action: one.action ?? result.action ?? '' })) ?? [result]
  );
}

function differs(value: unknown, usual: unknown): boolean {
  return value !== undefined && value !== null && JSON.stringify(value) !== JSON.stringify(usual);
}
