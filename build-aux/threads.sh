#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs what has no window under ThreadSanitizer, with clang, and ends with an error when that reports anything, wherever:
#   build-aux/threads.sh [TEST…]     by default all tests of the core and of the command line
# GLib is built with ThreadSanitizer too (threads/libraries.sh: once, some five minutes on two processors), or each of its
# locks would be reported. That of the two only what is wrong is reported is looked at first (threads/truth.c). What is
# reported wrongly all the same is in threads/suppressions.txt, with the reason. Widgets are left out: GTK is Debian's.
set -euo pipefail
cd "$(dirname "$0")/.."
. build-aux/packages.sh

folder=_build-threads
reports=$PWD/$folder/reports
export LC_ALL=C.UTF-8 CC='ccache clang'
# Of what is alike by the thousand, some: the threads do the same each time.
export FL_TEST_STRIDE=${FL_TEST_STRIDE:-7} FL_CAMPAIGN_STRIDE=${FL_CAMPAIGN_STRIDE:-100}
unset MESON_TESTTHREADS
# Each process has a file of its own: a test may overlook that a program under it ended as it should not.
export TSAN_OPTIONS="suppressions=$PWD/build-aux/threads/suppressions.txt log_path=$reports/report"
# No slices where they can be had without: what one thread frees and another gets is known to the sanitizer.
export G_SLICE=always-malloc

install_missing "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}"
prefix=$(build-aux/threads/libraries.sh)
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
if [ "$(cat $folder/prefix 2>/dev/null)" != "$prefix" ]; then
  rm -rf $folder
  LDFLAGS=-Wl,-rpath,$prefix/lib build $folder -Dwindow=disabled -Dtests=true -Db_sanitize=thread -Db_lundef=false
  echo "$prefix" >$folder/prefix
else
  build $folder
fi

# reported CASE: whether there is a report of it.
reported () {
  rm -rf "$reports"
  mkdir -p "$reports"
  timeout 60 $folder/truth "$1" || [ $? = 66 ] # 66: with reports
  [ -n "$(ls "$reports")" ]
}

# shellcheck disable=SC2046
clang -fsanitize=thread -g -O1 build-aux/threads/truth.c -o $folder/truth $(pkg-config --cflags --libs gio-2.0) "-Wl,-rpath,$prefix/lib"
for case in atomic cond invoke join mutex once pool queue task; do
  if reported $case; then
    cat "$reports"/*
    echo "This is right, and is reported: $case" >&2
    exit 1
  fi
done
for case in bare half; do
  if ! reported $case; then
    echo "This is wrong, and is not reported: $case" >&2
    exit 1
  fi
done

rm -rf "$reports"
mkdir -p "$reports"
failed=0
if [ $# = 0 ]; then
  # Without those whose child processes, under the sanitizer, do not find umockdev's adapter.
  mapfile -t tests < <(meson test -C $folder --list --no-rebuild --suite unit --suite cli --suite campaign | sed 's/.* \/ //' |
    grep -vxE 'serial-transport|run-with-fake-port|cli-fake-port')
  set -- "${tests[@]}"
fi
meson test -C $folder --no-rebuild --print-errorlogs --timeout-multiplier 60 "$@" || failed=1
if [ -n "$(ls "$reports")" ]; then
  cat "$reports"/*
  grep -h ^SUMMARY "$reports"/* | sort | uniq -c | sort -rn
  echo "ThreadSanitizer has something to say: see above, or $reports" >&2
  failed=1
fi
exit $failed
