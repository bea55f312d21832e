#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Draws an SVG in the sizes that Windows asks for, and makes one .ico of them.
#   make-icon.sh INPUT.svg OUTPUT.ico
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
drawn=()
for size in 16 20 24 32 40 48 64 256; do
  rsvg-convert -w $size -h $size -o "$folder/$size.png" "$1"
  drawn+=("$folder/$size.png")
done
convert "${drawn[@]}" "$2"
