#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzes for a while, with clang: build-aux/fuzz.sh [SECONDS [NAME…]], by default every target of tests/fuzz for a minute.
# What they find on the way is kept in _build-fuzz/found-NAME for the next run; an input that fails is left as
# _build-fuzz/NAME-crash-…: put it into tests/fuzz/corpus/NAME under a name that says what it is, see the test fail, mend.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
[ $# -eq 0 ] || shift
if [ $# -eq 0 ]; then
  for source in tests/fuzz/fuzz-*.c; do
    name=${source#tests/fuzz/fuzz-}
    set -- "$@" "${name%.c}"
  done
fi
if [ ! -f _build-fuzz/build.ninja ]; then
  CC=clang meson setup _build-fuzz -Dfuzz=true -Dwindow=disabled -Db_sanitize=address,undefined -Db_lundef=false
fi
ninja -C _build-fuzz "${@/#/tests/fuzz/fuzz-}"

failed=()
for name in "$@"; do
  mkdir -p "_build-fuzz/found-$name"
  echo "$name: $seconds s"
  "_build-fuzz/tests/fuzz/fuzz-$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -verbosity=0 \
    -print_final_stats=1 -artifact_prefix="_build-fuzz/$name-" "_build-fuzz/found-$name" "tests/fuzz/corpus/$name" \
    2>"_build-fuzz/$name.log" || failed+=("$name")
  grep number_of_executed_units "_build-fuzz/$name.log" || true
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "Failed: ${failed[*]}; see _build-fuzz/NAME.log" >&2
  exit 1
fi
