#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds Flashloader for Windows on Debian: one command, everything that is missing included.
#   build-aux/windows/build.sh [MESON-OPTION…]
# Afterwards _build-windows/stage is what gets installed: bin\flashloader.exe, and whatever it needs beside it.
set -euo pipefail
cd "$(dirname "$0")/../.."
. build-aux/packages.sh

work=$PWD/_build-windows
install_missing "${PACKAGES_BUILD[@]}" "${PACKAGES_WINDOWS[@]}"
export LC_ALL=C.UTF-8
build-aux/windows/dependencies.sh

# Other libraries than last time: what Meson found out about them is worth nothing.
if ! cmp -s "$work/prefix/.key" "$work/meson.key"; then rm -rf "$work/meson"; fi
if [ -f "$work/meson/build.ninja" ]; then
  [ $# -eq 0 ] || meson configure "$work/meson" "$@"
else
  # The prefix is only a name to install under: Windows' programs find their files from where they are themselves.
  env -u CC -u CFLAGS -u LDFLAGS meson setup "$work/meson" --cross-file "$work/folders.ini" \
    --cross-file build-aux/windows/mingw64.ini --cross-file build-aux/windows/wine.ini \
    --prefix /flashloader --libdir lib -Dwerror=true "$@"
  cp "$work/prefix/.key" "$work/meson.key"
fi
nice meson compile -C "$work/meson"
rm -rf "$work/installed"
DESTDIR=$work/installed meson install -C "$work/meson" --no-rebuild --strip --quiet
python3 build-aux/windows/stage.py --installed "$work/installed/flashloader" --prefix "$work/prefix" --source . \
  --output "$work/stage"
