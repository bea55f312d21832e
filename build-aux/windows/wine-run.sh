#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a program for Windows: the exe_wrapper of the cross build.
#   wine-run.sh PROGRAM.exe ARGUMENT…
set -euo pipefail
. "$(dirname "$0")/wine.sh"

wine_make
# Meson sets one of its own, in which our libraries are not.
export WINEPATH="Z:$wine_work/prefix/bin;${WINEPATH:-}"
exec "$wine" "$@"
