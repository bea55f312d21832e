# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by ./run and ./test: which Debian packages each needs, how to get the missing ones, and how to build.

PACKAGES_BUILD=(
  gcc libc6-dev meson ninja-build pkg-config gettext libglib2.0-bin libglib2.0-dev-bin
  libgtk-4-dev libadwaita-1-dev libserialport-dev libjson-glib-dev
  libgtk-4-bin desktop-file-utils gtk-update-icon-cache adwaita-icon-theme fonts-dejavu-core
)
PACKAGES_TEST=(
  ccache git python3 python3-gi python3-pyatspi gir1.2-gtk-4.0 gir1.2-atspi-2.0
  umockdev libumockdev-dev xvfb xauth xdotool x11-utils imagemagick at-spi2-core dbus dbus-x11 procps
  python3-jsonschema stm32flash srecord socat binutils-arm-none-eabi valgrind libc6-dbg
  clang clang-format llvm lld libclang-rt-14-dev
  appstream libxml2-utils librsvg2-bin librsvg2-common flatpak-builder
)
# For Windows: the compiler and what its libraries are built with, the installer's maker, and Wine to try the result.
PACKAGES_WINDOWS=(
  binutils-mingw-w64-x86-64 gcc-mingw-w64-x86-64-posix g++-mingw-w64-x86-64-posix mingw-w64-x86-64-dev mingw-w64-tools
  libz-mingw-w64-dev cmake make patch nasm sassc xz-utils libgdk-pixbuf2.0-bin librsvg2-common librsvg2-bin imagemagick
  ccache nsis zip wine64 xvfb xauth xdotool tesseract-ocr
)

# For ThreadSanitizer: what GLib is built from source with.
PACKAGES_THREADS=(patch libffi-dev libpcre2-dev zlib1g-dev)

# as_root COMMAND…: where there is no sudo, or it refuses, that is for the caller to explain.
as_root () {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# refresh_packages: asks apt's mirrors what there is.
refresh_packages () {
  as_root apt-get update -q
}

# install_missing PACKAGE…: asks apt only when something is missing, so that a second run needs neither network nor root.
# It fails by itself, for “set -e” is not in force where the caller asks whether it did.
install_missing () {
  local missing=() package

  if ! command -v dpkg-query >/dev/null; then
    echo "This is not a Debian system: install the counterparts of these yourself: $*" >&2
    return 0
  fi
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "Debian packages are missing, and you are not root and have no sudo to install them. As root:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    return 1
  fi
  echo "Installing: ${missing[*]}"
  if ! refresh_packages ||
    ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; then
    echo "These Debian packages are missing and could not be installed, see above: ${missing[*]}" >&2
    return 1
  fi
}

# What one checkout has compiled serves every other one, wherever that lies.
CCACHE_BASEDIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export CCACHE_BASEDIR CCACHE_NOHASHDIR=1

# build FOLDER OPTION…: sets it up, or changes its options, and builds.
build () {
  local folder=$1
  shift
  if [ -f "$folder/build.ninja" ]; then
    [ $# -eq 0 ] || meson configure "$folder" "$@" || return
  else
    meson setup "$folder" "$@" || return
  fi
  meson compile -C "$folder"
}
