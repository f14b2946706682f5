import type { Lab } from './lab.ts';
import { unpack } from './unpack.ts';

/**
 * lldpd and what it needs, as files, to be given to a lab. On the machine itself it is not installed, for Debian's starts at once and
 * tells the machine's own neighbours about it.
 * @returns the folder
 */
export const unpackLldpd = (): Promise<string> => unpack('lldpd');

/**
 * Runs lldpd, which hears and speaks, on every port of `switch` or every nic of a host, until it is stopped or the host's power is cut.
 * A host hears what the switch says and nobody else: as bridges do, this one keeps LLDP to itself (IEEE 802.1D 7.12.6).
 * @param files what {@link unpackLldpd} returned, which the lab was started with
 * @returns how to stop it
 */
export async function startLldpd(
  lab: Pick<Lab, 'exec'>,
  place: string,
  files: string,
): Promise<{ stop(): Promise<void> }> {
  const run = async (script: string) => {
    const { status, stderr } = await lab.exec(place, ['sh', '-ec', script, 'sh', files], { timeout: 60_000 });
    if (status !== 0) throw new Error(`lldpd on ${place}: status ${status}: ${stderr}`);
  };
  await run(place === 'switch' ? onSwitch : onHost);
  return { stop: () => run(stop) };
}

/** It locks itself up in /run/lldpd and gives its rights up for this user's, for whom the package has a script that did not run. */
const user = `
add() { grep -q ^_lldpd: "$1" || echo "$2" >>"$1"; }
mkdir -p /run/lldpd
`;

const onHost = `${user}
cp -a "$1/." /
add /etc/passwd _lldpd:x:989:989::/run/lldpd:/usr/sbin/nologin
add /etc/group _lldpd:x:989:
lldpd >/run/lldpd/output 2>&1 || { cat /run/lldpd/output >&2; exit 1; }
`;

/** The switch has the machine's own files, read-only: it gets them changed where nobody else sees it. */
const onSwitch = `${user}
for name in passwd group; do cp "/etc/$name" "/run/lldpd-$name"; done
add /run/lldpd-passwd _lldpd:x:989:989::/run/lldpd:/usr/sbin/nologin
add /run/lldpd-group _lldpd:x:989:
printf 'configure lldp %s\\n' 'portidsubtype ifname' 'tx-interval 5' 'tx-hold 24' >/run/lldpd.conf
PATH="$1/usr/sbin:$PATH"
LD_LIBRARY_PATH=$(echo "$1"/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
exec unshare --mount --uts sh -ec '
for name in passwd group; do mount --bind "/run/lldpd-$name" "/etc/$name"; done
echo switch >/proc/sys/kernel/hostname
exec lldpd -L "$(command -v lldpcli)" -O /run/lldpd.conf'
`;

/** Both its processes: the one that has the rights goes by the other. */
const stop = `
pid=$(cat /run/lldpd.pid)
kill "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
`;
