/** `patchbay networks` */
import type { ApiObject } from '@patchbay/client';
import type { Command } from 'commander';
import { findCluster } from '../find.ts';
import { print, printJson, table } from '../output.ts';
import { signedIn } from '../session.ts';

export function networks(program: Command): void {
  program
    .command('networks')
    .description('list the networks, or those of one cluster with their roles there')
    .option('--cluster <name>', 'the cluster')
    .option('--search <expression>', 'only those: vlanid=101')
    .option('--json', 'print what the API answers')
    .action(async ({ cluster, search, json }: { cluster?: string; search?: string; json?: boolean }) => {
      const all = await signedIn(async (api) => {
        if (cluster === undefined) return api.networks.list({ search, follow: ['data_center', 'network_labels'] });
        return api.clusters.id((await findCluster(api, cluster)).id).networks.list();
      });
      if (json) return printJson(all);
      print(...(cluster === undefined ? ofDataCentres(all) : ofCluster(all)));
    });
}

const mtuText = ({ mtu }: ApiObject<'network'>) => (mtu === 0 ? 'default' : mtu);

const ofDataCentres = (all: readonly ApiObject<'network'>[]): string[] =>
  table(
    ['NAME', 'VLAN', 'MTU', 'VM', 'LABEL', 'DATA CENTRE', 'DESCRIPTION'],
    all.map((n) => [
      ...[n.name, n.vlan?.id, mtuText(n), n.usages?.includes('vm')],
      ...[n.network_labels?.[0]?.id, n.data_center?.name, n.description],
    ]),
  );

const ofCluster = (all: readonly ApiObject<'network'>[]): string[] =>
  table(
    ['NAME', 'VLAN', 'MTU', 'REQUIRED', 'STATUS', 'USED FOR'],
    all.map((n) => [n.name, n.vlan?.id, mtuText(n), n.required, n.status, n.usages?.join(',')]),
  );
