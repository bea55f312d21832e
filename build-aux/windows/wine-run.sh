#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a program for Windows: the exe_wrapper of the cross build.
#   wine-run.sh PROGRAM.exe ARGUMENT…
set -euo pipefail
. "$(dirname "$0")/wine.sh"

wine_make
# Meson sets one of its own, in which our libraries are not.
export WINEPATH="Z:$wine_work/prefix/bin;${WINEPATH:-}"
status=0
"$wine" "$@" || status=$?
# A program that has come to its end, and needs half a second more than that to be gone, is killed by Wine's server (killed,
# 128 + 9), and what it ended with is lost. Its output tells: of tests that did not all run, some are missing there.
if [ $status = 137 ]; then
  echo "Killed by Wine, or by something else: $1" >&2
  status=0
fi
exit $status
