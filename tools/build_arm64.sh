#!/usr/bin/env bash
# Builds the program for arm64 (a Raspberry Pi) and starts it once under emulation: build/arm64/apps/gridpilot/gridpilot.
#
# The libraries of the other architecture are unpacked into build/arm64-sysroot by an apt of their own: nothing in this
# machine's dpkg changes. Needs clang-19, lld-19 and qemu-user-static.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD/build/arm64-sysroot
apt=$PWD/build/arm64-apt

packages=(
  libc6-dev libstdc++-12-dev
  libboost1.81-dev libbrotli-dev libcctz-dev libcli11-dev libcurl4-openssl-dev libfmt-dev libpugixml-dev libsimdjson-dev libspdlog-dev
  libsqlite3-dev libssl-dev libyaml-cpp-dev libzip-dev zlib1g-dev
)

private_apt() {
  apt-get -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Install-Recommends=false \
    -o Dir::State="$apt/state" -o Dir::Cache="$apt/cache" -o Dir::State::status="$apt/status" \
    -o APT::Sandbox::User=root -o Debug::NoLocking=1 "$@"
}

unpack_sysroot() {
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$root"
  : >"$apt/status" # nothing is installed, so every dependency is fetched
  private_apt update -qq
  private_apt install -y --download-only -qq "${packages[@]}" >/dev/null
  local package
  for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$root"; done
  # Links that point to /… point into the sysroot.
  find "$root" -type l -lname '/*' | while read -r link; do
    ln -sfn "$root$(readlink "$link")" "$link"
  done
  touch "$root/.complete"
}

[ -e "$root/.complete" ] || unpack_sysroot
cmake --preset arm64 >build/configure-arm64.log 2>&1 || { cat build/configure-arm64.log >&2; exit 1; }
cmake --build build/arm64 -j "${GRIDPILOT_JOBS:-$(nproc)}" --target gridpilot
file -L build/arm64/apps/gridpilot/gridpilot 2>/dev/null | cut -c1-120 || true
qemu-aarch64-static -L "$root" build/arm64/apps/gridpilot/gridpilot version
