#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Both static analysers over all of src and tests/lib: clang-tidy by the rules of .clang-tidy, and gcc -fanalyzer. Some
# quarter of an hour on two processors, so that no test does it each time; a file that has no finding is not looked at
# again before it, a header of ours that it includes, or the rules change.
# gcc 12 is not asked for uninitialised values: with -O1 it forgets the NULL that a g_autofree begins with, where its
# address is taken, and clang-tidy and valgrind look for the same.
#   build-aux/analyse.sh [FILE…]     ends with an error when there is a finding; JOBS=1 leaves the other processors alone
set -euo pipefail
cd "$(dirname "$0")/.."

folder=_build-analyse
windows=_build-windows/meson
unasked=-Wno-analyzer-use-of-uninitialized-value
[ $# -gt 0 ] || set -- src/*/*.c tests/lib/*.c
if [ ! -f $folder/build.ninja ]; then CC=clang meson setup $folder; fi
ninja -C $folder -t targets all | sed -n 's/^\(data\/.*resources\.[ch]\|src\/.*resources\.[ch]\): .*/\1/p' | xargs -r ninja -C $folder
mkdir -p $folder/stamps

# flags_of FILE FOLDER: what it is compiled with there; nothing when it is not.
flags_of () {
  python3 - "$@" <<'PYTHON'
import json, os, shlex, sys
for row in json.load(open(f"{sys.argv[2]}/compile_commands.json")):
    if os.path.realpath(os.path.join(row["directory"], row["file"])) == os.path.realpath(sys.argv[1]):
        words = shlex.split(row["command"])
        print(*[shlex.quote(w) for w in words if w.startswith(("-I", "-D", "-U", "-std", "-pthread"))], "-O1")
        break
PYTHON
}

# look FILE: prints findings; 1 when there are any.
look () {
  local file=$1 path=$PWD/$1 here=$folder compiler=gcc flags content tidy gcc log bad=0
  flags=$(flags_of "$file" $here)
  if [ -z "$flags" ] && [ -f $windows/compile_commands.json ]; then
    here=$windows compiler=x86_64-w64-mingw32-gcc
    flags=$(flags_of "$file" $here)
  fi
  if [ -z "$flags" ]; then
    echo "$file is of another system, and not looked at: build-aux/windows/build.sh comes first"
    return 0
  fi
  content=$(cd $here && eval "$compiler $flags -MM '$path'" | tr -d '\\' | tr ' ' '\n' \
              | grep '/\(src\|tests\)/.*[ch]$' | sort -u | xargs cat | sha256sum)
  gcc=$folder/stamps/gcc-$(echo "$file $flags $content" | sha256sum | cut -c1-32)
  tidy=$folder/stamps/tidy-$(echo "$file $flags $content" | cat - .clang-tidy | sha256sum | cut -c1-32)
  log=$(mktemp)
  if [ ! -e "$tidy" ]; then
    if clang-tidy -p $here --quiet --extra-arg=-Wno-unknown-warning-option "$file" >"$log" 2>/dev/null; then touch "$tidy"; else bad=1; fi
  fi
  if [ ! -e "$gcc" ]; then
    if (cd $here && eval "$compiler $flags -Werror -fanalyzer $unasked -c -o /dev/null '$path'") >>"$log" 2>&1; then
      touch "$gcc"
    else
      bad=1
    fi
  fi
  cat "$log"
  rm "$log"
  return $bad
}
export -f look flags_of
export folder windows unasked

printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc)}" -I '{}' bash -c 'look {}'
