#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Both static analysers over all of src: clang-tidy by the rules of .clang-tidy, and gcc -fanalyzer. Some fifteen minutes
# on two processors, so that no test does it each time; a file that has no finding is not looked at again before it, a
# header, or the rules change.
#   build-aux/analyse.sh [FILE…]     ends with an error when there is a finding
set -euo pipefail
cd "$(dirname "$0")/.."

folder=_build-analyse
[ $# -gt 0 ] || set -- src/*/*.c
if [ ! -f $folder/build.ninja ]; then CC=clang meson setup $folder -Dtests=false; fi
ninja -C $folder -t targets all | sed -n 's/^\(data\/.*resources\.[ch]\|src\/.*resources\.[ch]\): .*/\1/p' | xargs -r ninja -C $folder
mkdir -p $folder/stamps
headers=$(cat .clang-tidy build-aux/analyse.sh src/*/*.h | sha256sum)

# look FILE: prints findings; 1 when there are any.
look () {
  local file=$1 stamp log flags bad=0
  stamp=$folder/stamps/$(echo "$headers" | cat - "$file" | sha256sum | cut -c1-32)
  [ ! -e "$stamp" ] || return 0
  log=$(mktemp)
  clang-tidy -p $folder --quiet "$file" >"$log" 2>/dev/null || bad=1
  flags=$(python3 - $folder "$file" <<'PYTHON'
import json, os, shlex, sys
for row in json.load(open(f"{sys.argv[1]}/compile_commands.json")):
    if os.path.realpath(os.path.join(row["directory"], row["file"])) == os.path.realpath(sys.argv[2]):
        words = shlex.split(row["command"])
        print(*[shlex.quote(w) for w in words if w.startswith(("-I", "-D", "-std", "-pthread"))], "-O1")
        break
PYTHON
  )
  # A file that is not built here, such as another system's, has no flags.
  if [ -n "$flags" ]; then
    (cd $folder && eval "gcc $flags -fanalyzer -c -o /dev/null ../$file") >>"$log" 2>&1 || bad=1
    ! grep -q '\[-W' "$log" || bad=1
  fi
  cat "$log"
  rm "$log"
  [ $bad = 1 ] || touch "$stamp"
  return $bad
}
export -f look
export folder headers

printf '%s\n' "$@" | xargs -P "$(nproc)" -I '{}' bash -c 'look {}'
