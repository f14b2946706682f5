/** `patchbay hosts` */
import type { Command } from 'commander';
import { print, printJson, table } from '../output.ts';
import { signedIn } from '../session.ts';

export function hosts(program: Command): void {
  program
    .command('hosts')
    .description('list the hosts')
    .option('--search <expression>', 'only those: status=up and cluster=Default')
    .option('--json', 'print what the API answers')
    .action(async ({ search, json }: { search?: string; json?: boolean }) => {
      const all = await signedIn((api) => api.hosts.list({ search, follow: 'cluster' }));
      if (json) return printJson(all);
      const head = ['NAME', 'STATUS', 'ADDRESS', 'CLUSTER', 'WHY'];
      print(
        ...table(
          head,
          all.map((h) => [h.name, h.status, h.address, h.cluster?.name, h.status_detail]),
        ),
      );
    });
}
