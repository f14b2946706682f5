/** Every option of bonds, as this kernel offers it (HT-053), and what the kernel in memory believes of it. */
import assert from 'node:assert/strict';
import { BOND_MODES, bondOptions } from '../observe/bond-options.ts';
import { documented } from '../observe/offers.ts';
import type { Values } from '../observe/option-values.ts';
import { config, kernelCase, kernelCases } from './kit/case.ts';
import type { CaseHost } from './kit/host.ts';
import { link } from './kit/look.ts';

kernelCases('options of bonds', () => {
  kernelCase('what is documented of Linux 6.1 is what a kernel of that release offers', async (host) => {
    const release = (await host.observe()).kernel;
    if (release.startsWith('6.1.')) assert.deepEqual(host.offers, documented);
  });

  BOND_MODES.forEach((name, mode) => {
    kernelCase(`HT-053 every value of every option in mode ${mode}, ${name}`, async (host) => {
      const rounds = roundsOf(host, String(mode));
      assert.ok(rounds.length > 3, String(rounds.length));
      for (const round of rounds) {
        const options = { mode: String(mode), ...round };
        const state = await host.brought(config({}, { bond0: { slaves: ['nic1', 'nic2'], options } }));
        const shown = link(state, 'bond0').bond?.options ?? {};
        for (const [option, value] of Object.entries(round))
          assert.equal(shown[option], value, `${option} of ${JSON.stringify(round)}`);
      }
    });
  });

  kernelCase(
    'HT-053 what the kernel does not offer is refused with what it does, and nothing changes',
    async (host) => {
      const { settable = {}, values = {}, fresh = {} } = host.offers.bond ?? {};
      await host.reach(config({}, { bond0: { slaves: ['nic1', 'nic2'], options: { mode: '1' } } }));
      const before = await host.observe();
      let refusals = 0;
      for (const mode of Object.keys(fresh)) {
        for (const [option, offered] of Object.entries(values)) {
          const able = settable[mode]?.includes(option) === true;
          // What an option is anyway changes nothing, also in a mode that does not know it.
          const usual = fresh[mode]?.[option] ?? bondOptions.get(option)?.default;
          const wrong = able
            ? illegal(option, offered)
            : legal(host, mode, option, offered).filter((one) => one !== usual);
          for (const value of wrong) {
            const options = { mode, ...(option === 'arp_interval' ? { miimon: '0' } : {}), [option]: value };
            const problem = await host.problem(config({}, { bond0: { slaves: ['nic1', 'nic2'], options } }));
            assert.equal(problem?.code, 'ERR_BAD_BONDING', `${option}=${value} in mode ${mode}`);
            assert.match(problem?.message ?? '', /it takes |it can in |is not a member/);
            refusals += 1;
          }
        }
      }
      assert.ok(refusals > 200, String(refusals));
      assert.deepEqual(link(await host.observe(), 'bond0'), link(before, 'bond0'));
      const one = await host.refused(
        config({}, { bond0: { slaves: ['nic1', 'nic2'], options: { mode: '4', lacp_rate: 'quick' } } }),
      );
      assert.deepEqual(
        [one.code, one.message],
        ['ERR_BAD_BONDING', 'Bond bond0: lacp_rate=quick is no value of this option; it takes slow (0) or fast (1).'],
      );
    },
  );
});

/** Settings that together try every legal value of every option of a mode; what excludes each other is in different ones. */
function roundsOf(host: CaseHost, mode: string): Record<string, string>[] {
  const { settable = {}, values = {} } = host.offers.bond ?? {};
  const options = settable[mode] ?? [];
  const all = new Map(options.map((option) => [option, legal(host, mode, option, values[option] ?? { any: true })]));
  const byArp = new Set(['arp_interval', 'arp_validate']);
  const delays = new Set(['updelay', 'downdelay', 'peer_notif_delay']);
  const most = Math.max(...[...all.values()].map(({ length }) => length));
  const round = (at: number, which: (option: string) => boolean) =>
    Object.fromEntries(
      [...all].flatMap(([option, list]) => (which(option) ? [[option, list[at % list.length] ?? '']] : [])),
    );
  const rounds = Array.from({ length: most }, (_, at) => ({
    ...round(at, (option) => option !== 'miimon' && !byArp.has(option)),
    miimon: '1',
  }));
  const monitors = (all.get('miimon') ?? []).filter((value) => value !== '0').map((miimon) => ({ miimon }));
  const arp = options.includes('arp_interval')
    ? Array.from({ length: all.get('arp_validate')?.length ?? 1 }, (_, at) => ({
        ...round(at, (option) => byArp.has(option)),
        ...round(0, (option) => delays.has(option)),
        arp_ip_target: '198.51.100.1',
      })).filter(({ arp_interval: interval }: Record<string, string>) => interval !== '0')
    : [];
  return [...rounds, ...monitors, ...arp];
}

function legal(host: CaseHost, mode: string, option: string, offered: Values): string[] {
  if ('names' in offered) return [...offered.names];
  if ('least' in offered) {
    const { least, most } = offered;
    // Slow enough for nothing to happen while somebody looks, and links enough for a carrier.
    if (option === 'arp_interval') return ['30000', '20000'];
    const middle = Math.floor((least + most) / 2);
    return [...new Set([least, least + 1, middle, most].filter((one) => one <= most))].map(String);
  }
  const examples: Record<string, string[]> = {
    primary: ['nic1', 'nic2', ''],
    arp_ip_target: ['198.51.100.1', '198.51.100.1,198.51.100.2', ''],
    ad_actor_system: ['02:00:00:00:53:01', host.offers.bond?.fresh[mode]?.['ad_actor_system'] ?? '00:00:00:00:00:00'],
  };
  return examples[option] ?? [];
}

function illegal(option: string, offered: Values): string[] {
  if ('names' in offered) return ['nosuch', String(offered.names.length), ''];
  if ('least' in offered)
    return [...(offered.least > 0 ? [offered.least - 1] : []), offered.most + 1, 'many', '-1', ''].map(String);
  const examples: Record<string, string[]> = {
    primary: ['nic5', 'a b'],
    arp_ip_target: ['198.51.100.256', '2001:db8::1', Array.from({ length: 17 }, (_, at) => `198.51.100.${at}`).join()],
    ad_actor_system: ['01:00:5e:00:00:01', '02:00:00:00:53', 'nosuch'],
  };
  return examples[option] ?? [];
}
