/** What the agent's Debian package holds, as data: where each file goes, what it says, and what has to be there beside it. Pure. */

export interface PackageFile {
  /** Below the root of the host, without a leading slash. */
  path: string;
  /** What it says; or the file that it is a copy of; or where it points. */
  content: { text: string } | { copyOf: string } | { linkTo: string };
  /** Permissions; readable by everybody and writable by root when absent. */
  mode?: number;
}

export interface PackageFacts {
  version: string;
  /** Debian's name of the processor: `all` when the package brings no runtime. */
  architecture: string;
  /** Folder of the bundled programs. */
  built: string;
  /** Folder of the units of systemd, and their names. */
  units: { folder: string; names: readonly string[] };
  /** A Node.js to bring along; null when the host has its own. */
  runtime: string | null;
  license: string;
}

const PROGRAM = 0o755;
const LIBRARY = 'usr/lib/patchbay';
const PROGRAMS = ['agent.mjs', 'guard.mjs', 'dialler.mjs', 'dhcp6.mjs'];

export function packageFiles(facts: PackageFacts): PackageFile[] {
  const { built, units, runtime, license } = facts;
  return [
    ...PROGRAMS.map((name) => ({ path: `${LIBRARY}/${name}`, content: { copyOf: `${built}/${name}` } })),
    {
      path: `${LIBRARY}/node`,
      content: runtime === null ? { linkTo: '/usr/bin/node' } : { copyOf: runtime },
      mode: PROGRAM,
    },
    {
      path: 'usr/bin/patchbay-agent',
      content: { text: `#!/bin/sh\nexec /${LIBRARY}/node /${LIBRARY}/agent.mjs "$@"\n` },
      mode: PROGRAM,
    },
    ...units.names.map((name) => ({
      path: `lib/systemd/system/${name}`,
      content: { copyOf: `${units.folder}/${name}` },
    })),
    { path: 'usr/share/doc/patchbay-agent/copyright', content: { copyOf: license } },
    { path: 'DEBIAN/control', content: { text: control(facts) } },
    { path: 'DEBIAN/postinst', content: { text: POSTINST }, mode: PROGRAM },
    { path: 'DEBIAN/prerm', content: { text: PRERM }, mode: PROGRAM },
    { path: 'DEBIAN/postrm', content: { text: POSTRM }, mode: PROGRAM },
  ];
}

function control({ version, architecture, runtime }: PackageFacts): string {
  const needs = ['iproute2 (>= 5.12)', 'util-linux', 'passwd', ...(runtime === null ? ['nodejs (>= 20)'] : [])];
  return `Package: patchbay-agent
Version: ${version}
Architecture: ${architecture}
Maintainer: Patchbay
Section: net
Priority: optional
Depends: ${needs.join(', ')}
Recommends: busybox, ethtool, libndp-tools, lldpd
Description: sets up the network of this host as its Patchbay engine says
 Bonds, VLANs, bridges, addresses, routes, name servers and shaping, in one
 transaction that the host takes back by itself when it can no longer be
 reached afterwards.
`;
}

const ENVIRONMENT = `# For the first start: where to join, and the token that the engine gave for this host. Only root can read this file.
#PATCHBAY_FLAGS=--enrol https://engine.example/patchbay/enrol
#PATCHBAY_TOKEN=TOKEN
PATCHBAY_FLAGS=
PATCHBAY_TOKEN=
`;

/** Units that were enabled when the package was removed: whoever installs it again has what he had, but not what he had disabled. */
const REMOVED = '$DPKG_ROOT/var/lib/patchbay/removed-units';

/**
 * The file of flags and token is none of the package's own: dpkg asks about one that an administrator has edited whenever what the package
 * says changes, and fails where nobody can answer. It is written where there is none, and otherwise left as it is, but for its permissions:
 * a token that a former version let everybody read is root's from now on, in what dpkg has put aside as well.
 *
 * An agent that runs goes on with the new version; what an administrator has stopped, disabled or masked stays so. A first install starts
 * the agent of a host that has joined, and another waits until it is told where to join. After a removal dpkg names the former version as
 * after an upgrade, and without its unit the next boot would have no network. What systemd refuses it says, and is no reason for dpkg to
 * leave the package half configured.
 *
 * Here and below, DPKG_ROOT is where dpkg has the host when that is not its own: empty when a host installs for itself.
 */
const POSTINST = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  getent passwd patchbay >/dev/null ||
    useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin patchbay
  if [ ! -e "$DPKG_ROOT/etc/patchbay/agent.env" ]; then
    mkdir -p "$DPKG_ROOT/etc/patchbay"
    cat >"$DPKG_ROOT/etc/patchbay/agent.env" <<'END'
${ENVIRONMENT}END
  fi
  for file in "$DPKG_ROOT"/etc/patchbay/agent.env*; do
    [ ! -f "$file" ] || chmod 0600 "$file"
  done
  if [ -d "$DPKG_ROOT/run/systemd/system" ]; then
    systemctl daemon-reload || true
    if [ -e "${REMOVED}" ]; then
      for unit in $(cat "${REMOVED}"); do
        systemctl enable "$unit" || true
        [ "$unit" != patchbay-agent.service ] || systemctl restart "$unit" || true
      done
      rm -f "${REMOVED}"
    elif [ -n "$2" ]; then
      systemctl try-restart patchbay-agent.service || true
    elif [ -e "$DPKG_ROOT/var/lib/patchbay/identity.json" ]; then
      systemctl enable patchbay-restore.service || true
      systemctl enable patchbay-agent.service || true
      systemctl restart patchbay-agent.service || true
    fi
  fi
  if [ ! -e "$DPKG_ROOT/var/lib/patchbay/identity.json" ]; then
    echo 'To join an engine: set PATCHBAY_FLAGS and PATCHBAY_TOKEN in /etc/patchbay/agent.env, then'
    echo '  systemctl enable --now patchbay-restore.service patchbay-agent.service'
  fi
fi
`;

/** The network stays as it is; at the next boot it comes up by whoever had it handed back. */
const PRERM = `#!/bin/sh
set -e
if [ "$1" = remove ]; then
  if [ -d "$DPKG_ROOT/run/systemd/system" ]; then
    [ -d "$DPKG_ROOT/var/lib/patchbay" ] || mkdir -p -m 0700 "$DPKG_ROOT/var/lib/patchbay"
    for unit in patchbay-restore.service patchbay-agent.service; do
      if systemctl is-enabled --quiet "$unit"; then echo "$unit"; fi
    done >"${REMOVED}"
    systemctl disable --now patchbay-agent.service patchbay-restore.service
  fi
  if [ -d "$DPKG_ROOT/var/lib/patchbay/committed" ]; then
    "$DPKG_ROOT/${LIBRARY}/node" "$DPKG_ROOT/${LIBRARY}/agent.mjs" hand-back ||
      echo 'The network stays as it is until the next boot, and does not come up then.' >&2
  fi
fi
`;

/** A folder in which an administrator has something else stays. */
const POSTRM = `#!/bin/sh
set -e
if [ -d "$DPKG_ROOT/run/systemd/system" ]; then systemctl daemon-reload || true; fi
if [ "$1" = purge ]; then
  rm -rf "$DPKG_ROOT/var/lib/patchbay"
  rm -f "$DPKG_ROOT/etc/patchbay/agent.env" "$DPKG_ROOT"/etc/patchbay/agent.env.dpkg-*
  [ ! -d "$DPKG_ROOT/etc/patchbay" ] || rmdir --ignore-fail-on-non-empty "$DPKG_ROOT/etc/patchbay"
fi
`;
