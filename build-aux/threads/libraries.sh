#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds GLib and json-glib with ThreadSanitizer, which has to see inside their locks: those of Debian's are plain futexes
# to it. Prints the folder that they are in, ${XDG_CACHE_HOME:-~/.cache}/flashloader/threads-KEY, where KEY stands for all
# that it depends on; from then on that is all it does. What has no threads and no locks of its own is Debian's.
set -euo pipefail
cd "$(dirname "$0")"
. ../packages.sh

cache=${XDG_CACHE_HOME:-$HOME/.cache}/flashloader
sources=$cache/windows-sources # the same files as for Windows
list=../windows/sources.txt
export LC_ALL=C.UTF-8 CC='ccache clang'
unset CFLAGS CPPFLAGS LDFLAGS PKG_CONFIG_PATH

# fetch SHA256 PATH: from the first of this machine's mirrors of Debian that has it, unless it is here.
fetch () {
  local sum=$1 path=$2 mirror try
  local file=$sources/${path##*/}

  if [ -f "$file" ] && echo "$sum  $file" | sha256sum --check --status; then return 0; fi
  for mirror in $(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' | sed -n 's/^Debian //p' | sort -u); do
    for try in "$path" "${path/#pool\/main/pool\/updates\/main}"; do
      if /usr/lib/apt/apt-helper download-file "$mirror$try" "$file.part" "SHA256:$sum" >&2; then
        mv "$file.part" "$file"
        return 0
      fi
    done
  done
  echo "No mirror has $path. Put it into $sources yourself, or name a newer one in sources.txt." >&2
  return 1
}

# unpack LIBRARY: into $work/LIBRARY, with Debian's patches.
unpack () {
  local src=$work/$1 library sum path file patch

  mkdir -p "$src"
  while read -r library sum path; do
    [ "$library" = "$1" ] || continue
    fetch "$sum" "$path"
    file=$sources/${path##*/}
    case $file in
    *.debian.tar.*)
      tar -xf "$file" -C "$src"
      while read -r patch _; do
        case $patch in '' | '#'*) continue ;; esac
        patch -d "$src" -p1 -s -f --no-backup-if-mismatch <"$src/debian/patches/$patch"
      done <"$src/debian/patches/series"
      ;;
    *) tar -xf "$file" -C "$src" --strip-components=1 ;;
    esac
  done < <(grep -v '^#' $list)
}

# build_library LIBRARY OPTION…: into $prefix, where it is looked for by its full name.
build_library () {
  local name=$1
  shift
  PKG_CONFIG_PATH=$prefix/lib/pkgconfig LDFLAGS=-Wl,-rpath,$prefix/lib \
    meson setup "$work/$name-build" "$work/$name" --prefix "$prefix" --libdir lib --buildtype debugoptimized \
    --wrap-mode nofallback -Db_sanitize=thread -Db_lundef=false "$@"
  ninja -C "$work/$name-build"
  meson install -C "$work/$name-build" --no-rebuild
}

build_all () {
  rm -rf "$prefix"
  unpack glib
  build_library glib -Dtests=false -Dinstalled_tests=false -Dnls=enabled -Dlibmount=disabled -Dselinux=disabled \
    -Dxattr=false -Dman=false -Dgtk_doc=false -Dglib_debug=disabled
  unpack json-glib
  # It asks for Meson 1.2 and uses nothing that 1.0 has not.
  sed -i "s/meson_version: '>= 1.2.0'/meson_version: '>= 1.0'/" "$work/json-glib/meson.build"
  build_library json-glib -Dintrospection=disabled -Ddocumentation=disabled -Dman=false -Dtests=false \
    -Dconformance=false -Dinstalled_tests=false
  touch "$prefix/complete"
}

key=$({ cat libraries.sh; grep -E '^(glib|json-glib) ' $list; clang --version; } | sha256sum | cut -c1-16)
prefix=$cache/threads-$key
mkdir -p "$sources"
exec 9>"$cache/threads.lock" # two checkouts at once
flock 9
if [ ! -e "$prefix/complete" ]; then
  install_missing "${PACKAGES_THREADS[@]}" >&2
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  build_all >&2
fi
echo "$prefix"
