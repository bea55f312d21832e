#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds and packs Flashloader for Windows, and tests it under Wine: the unit tests, then what the installer installs.
#   build-aux/windows/test.sh [--no-build] [ARGUMENT…]   passed to "meson test"
# The results are in _build-windows/meson, where build-aux/count-tests.py finds them.
set -euo pipefail
cd "$(dirname "$0")/../.."
. build-aux/packages.sh
. build-aux/windows/wine.sh

install_missing "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}" "${PACKAGES_WINDOWS[@]}"
export LC_ALL=C.UTF-8
export MESON_TESTTHREADS=$(($(nproc) * 2))
if [ "${1:-}" = --no-build ]; then
  shift
else
  build-aux/windows/build.sh
  build-aux/windows/package.sh
fi

# The board at the other end of the serial port is one for this system.
if [ -z "${FLASHLOADER_SIM:-}" ]; then
  [ -f _build/build.ninja ] || meson setup _build -Dwerror=true -Dtests=true
  meson compile -C _build flashloader-sim:executable
  export FLASHLOADER_SIM=$PWD/_build/src/sim/flashloader-sim
fi

wine_make
trap wine_stop EXIT
wine_name_language
"$wineserver" -w # what it is told of the registry, its programs get from the next start on
wine_keep
rm -f _build-windows/meson/meson-logs/testlog.{junit.xml,json}
meson test -C _build-windows/meson --no-rebuild --print-errorlogs --timeout-multiplier 4 "$@" # Wine on a busy machine
