/** `patchbay nics HOST` */
import type { ApiObject } from '@patchbay/client';
import type { Command } from 'commander';
import { addressText } from '../address-text.ts';
import { findHost } from '../find.ts';
import { type Cell, print, printJson, table } from '../output.ts';
import { signedIn } from '../session.ts';

type Nic = ApiObject<'host_nic'>;

export function nics(program: Command): void {
  program
    .command('nics')
    .argument('<host>')
    .description('list the nics of a host: physical ones, bonds and VLAN devices')
    .option('--json', 'print what the API answers')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const all = await signedIn(async (api) => {
        const host = await findHost(api, name);
        return api.hosts.id(host.id).nics.list({ follow: ['network', 'network_labels'] });
      });
      if (json) return printJson(all);
      const head = ['NAME', 'KIND', 'STATUS', 'SPEED', 'MTU', 'MAC', 'ADDRESS', 'NETWORK', 'LABELS', 'ON'];
      print(
        ...table(
          head,
          all.map((nic) => row(nic, all)),
        ),
      );
    });
}

function row(nic: Nic, all: readonly Nic[]): Cell[] {
  const { name, status, speed, mtu, mac, network, network_labels: labels = [] } = nic;
  const kind = nic.bonding !== undefined ? 'bond' : nic.vlan?.id !== undefined ? 'vlan' : 'nic';
  const slaves = (nic.bonding?.slaves ?? []).map(({ id }) => all.find((one) => one.id === id)?.name ?? id);
  const on = slaves.length > 0 ? slaves.join(',') : nic.base_interface;
  return [
    ...[name, kind, status, speedText(speed), mtu, mac?.address, addresses(nic), network?.name],
    ...[labels.map(({ id }) => id).join(','), on],
  ];
}

const speedText = (speed: number | undefined): string | undefined =>
  speed === undefined ? undefined : speed >= 1e9 ? `${speed / 1e9}G` : `${speed / 1e6}M`;

const addresses = ({ ip, ipv6 }: Nic): string => [ip, ipv6].flatMap((one) => addressText(one) ?? []).join(',');
