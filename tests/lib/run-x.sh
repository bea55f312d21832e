#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-x.sh COMMAND…: runs it with an X server of its own, and with a folder for settings in which nothing is remembered.
# FL_SCREEN is the screen's size (1280x800 unless said).
# The server chooses a free display itself: xvfb-run -a looks for one, and two that look at once find the same.
set -euo pipefail
folder=$(mktemp -d)
trap stop EXIT # no exec below: it would skip the trap

# stop: ends the server. A signal that comes just before it begins to wait is not heard, so it is told until it is gone.
stop () {
  for _ in {1..40}; do
    kill "$server" 2>/dev/null || break
    sleep 0.05
  done
  kill -KILL "$server" 2>/dev/null || true
  rm -rf "$folder"
}

Xvfb -displayfd 3 -screen 0 "${FL_SCREEN:-1280x800}x24" -noreset -nolisten tcp 3>"$folder/display" >"$folder/errors" 2>&1 &
server=$!
until [ -s "$folder/display" ]; do
  if ! kill -0 "$server" 2>/dev/null; then
    cat "$folder/errors" >&2
    exit 1
  fi
  sleep 0.05
done
env -u WAYLAND_DISPLAY -u XAUTHORITY XDG_CONFIG_HOME="$folder/config" DISPLAY=":$(head -n 1 "$folder/display")" "$@"
