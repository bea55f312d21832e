#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Packs what build.sh has put into _build-windows/stage:
#   _build-windows/flashloader-VERSION-setup.exe   an installer; /S installs without asking, /D=FOLDER says where
#   _build-windows/flashloader-VERSION-portable.zip   the same files, to be unpacked anywhere
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$PWD/_build-windows
version=$(meson introspect "$work/meson" --projectinfo | python3 -c 'import json, sys; print(json.load(sys.stdin)["version"])')
installer=$work/flashloader-$version-setup.exe
portable=$work/flashloader-$version-portable.zip
# The same files make the same packages: their time is that of the last commit.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH=$epoch TZ=UTC LC_ALL=C.UTF-8
find "$work/stage" -exec touch -h -d "@$epoch" {} +

# What the uninstaller deletes: every file, then the folders from the inside to the outside, if they are empty.
{
  echo '!macro DeleteFiles'
  (cd "$work/stage" && find . -type f -printf '  Delete "$INSTDIR\\%P"\n' | sort | tr / '\\')
  (cd "$work/stage" && find . -mindepth 1 -depth -type d -printf '  RMDir "$INSTDIR\\%P"\n' | tr / '\\')
  echo '!macroend'
} >"$work/files.nsh"
rm -f "$work"/flashloader-*-setup.exe "$work"/flashloader-*-portable.zip
nice makensis -V2 -WX -DVERSION="$version" -DSTAGE="$work/stage" -DFILES="$work/files.nsh" -DOUTPUT="$installer" \
  -DPATH_ENTRY="$work/meson/data/windows/path-entry.exe" -DICON="$work/meson/data/windows/flashloader.ico" \
  -INPUTCHARSET UTF8 build-aux/windows/flashloader.nsi

folder=flashloader-$version
rm -rf "${work:?}/$folder"
cp -a "$work/stage" "$work/$folder"
(cd "$work" && find "$folder" -type f | sort | zip -X -q -9 -@ "$portable")
rm -rf "${work:?}/$folder"
du -h "$installer" "$portable" | sed "s|$work/||"
