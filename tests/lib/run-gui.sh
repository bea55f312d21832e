#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-gui.sh COMMAND…: runs it in a private X server, D-Bus session and accessibility bus, with an empty home.
# Standard output is the command's alone: what the buses have to say goes to standard error.
set -euo pipefail
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT # no exec below: it would skip the trap
mkdir -m 700 "$home/run"
env -u WAYLAND_DISPLAY -u DISPLAY -u DBUS_SESSION_BUS_ADDRESS -u AT_SPI_BUS_ADDRESS -u GTK_THEME \
  -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_CACHE_HOME -u LANGUAGE \
  HOME="$home" TMPDIR="$home" XDG_RUNTIME_DIR="$home/run" XDG_CONFIG_HOME="$home/.config" LC_ALL=C.UTF-8 \
  GDK_BACKEND=x11 GSK_RENDERER=cairo GTK_A11Y=atspi GSETTINGS_BACKEND="${GSETTINGS_BACKEND:-memory}" \
  GIO_USE_VFS=local GTK_USE_PORTAL=0 NO_AT_BRIDGE= \
  "$(dirname "$0")/run-x.sh" dbus-run-session -- bash -c 'exec "$@" >&3 3>&-' bash "$@" 3>&1 1>&2
