#!/usr/bin/env bash
# Runs a command of this repository in a new Debian 12 that has nothing but git: what a newcomer meets.
#
# usage: tools/fresh_root.sh [COMMAND...]       (default: ./dev test)
#
# Needs root and debootstrap. The committed state is cloned, not the working tree. GRIDPILOT_MIRROR names another mirror
# than that of this machine. The root is removed at the end.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ $# -gt 0 ] || set -- ./dev test
[ "$(id -u)" = 0 ] || { echo "fresh_root: needs root" >&2; exit 1; }

# The first Debian archive that this machine itself uses.
own_mirror() {
  { sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null
    sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null
  } | grep '/debian/\?$' | head -1 || true
}

root=$(mktemp -d "${TMPDIR:-/var/tmp}/gridpilot-fresh.XXXXXX")
mounted=()
clean_up() {
  local place
  for place in "${mounted[@]}"; do umount -l "$root/$place" || true; done
  rm -rf --one-file-system "$root"
}
trap clean_up EXIT

mirror=${GRIDPILOT_MIRROR:-$(own_mirror)}
debootstrap --variant=minbase --include=ca-certificates,git bookworm "$root" "${mirror:-http://deb.debian.org/debian}" \
  >"$root.log" 2>&1 || { tail -5 "$root.log" >&2; exit 1; }
rm -f "$root.log"

# The network as this machine has it: proxies, certificates, names, npm's registry. No package, no source.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp /etc/apt/apt.conf.d/99* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
if [ -f /etc/apt/sources.list.d/debian.sources ]; then
  cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/"
  : >"$root/etc/apt/sources.list"
fi

for place in proc sys dev dev/pts; do
  mount --bind "/$place" "$root/$place"
  mounted=("$place" "${mounted[@]}")
done
git clone -q --no-hardlinks "$repository" "$root/root/gridpilot"
chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb \
  GRIDPILOT_JOBS="${GRIDPILOT_JOBS:-}" sh -c 'cd /root/gridpilot && exec "$@"' sh "$@" </dev/null
