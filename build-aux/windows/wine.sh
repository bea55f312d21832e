# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced: Wine as the tests need it. WINEPREFIX says which Windows is meant; it is made when it does not exist.

wine_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
wine_work=$(cd "$wine_here/../.." && pwd)/_build-windows
# Not /usr/bin/wine, which says on stderr that there is no 32-bit Wine.
wine=/usr/lib/wine/wine64
wineserver=/usr/lib/wine/wineserver64
export WINEPREFIX=${WINEPREFIX:-$wine_work/wine}
export WINEDEBUG=${WINEDEBUG:--all}
export WINEDLLOVERRIDES='mscoree=;mshtml=' # no .NET, no web browser: nothing asks whether to download them
export GSK_RENDERER=${GSK_RENDERER:-cairo}

# wine_make: the Windows, once, whoever else wants it at the same time.
wine_make () {
  [ ! -f "$WINEPREFIX/.ready" ] || return 0
  mkdir -p "$(dirname "$WINEPREFIX")"
  (
    flock 9
    [ ! -f "$WINEPREFIX/.ready" ] || exit 0
    rm -rf "$WINEPREFIX"
    env -u DISPLAY "$wine" wineboot --init
    wine_name_font
    "$wineserver" -w
    touch "$WINEPREFIX/.ready"
  ) 9>"$WINEPREFIX.lock" >&2
}

# wine_name_font: the system's font, from which GTK takes its own, as one that Wine can draw. What Wine names itself is not
# among the fonts of its DirectWrite, and every letter would be a box.
wine_name_font () {
  python3 - >"$WINEPREFIX/font.reg" <<'END'
import struct

logfont = struct.pack("<5i8B", -12, 0, 0, 0, 400, 0, 0, 0, 1, 0, 0, 0, 0) + "DejaVu Sans".encode("utf-16le").ljust(64, b"\0")
print("REGEDIT4\n\n[HKEY_CURRENT_USER\\Control Panel\\Desktop\\WindowMetrics]")
for name in ("MessageFont", "MenuFont", "CaptionFont", "IconFont", "StatusFont", "SmCaptionFont"):
    print('"%s"=hex:%s' % (name, ",".join("%02x" % byte for byte in logfont)))
END
  "$wine" regedit /S "Z:$WINEPREFIX/font.reg"
}

# wine_name_language: what programs are told of the language, by a name that Windows knows. Tests do not begin as programs
# do, and with a POSIX name each message that libintl translates is a search through all the languages there are.
wine_name_language () {
  local name
  for name in LC_ALL LANG; do
    "$wine" reg add 'HKCU\Environment' /v $name /d 'English_United States.UTF-8' /f >/dev/null
  done
}

# wine_keep: one program that runs until wine_stop. Windows' services, which start with the first program and end with the
# last, would otherwise keep that one's output open, and whoever waits for its end waits for theirs.
wine_keep () {
  exec 8> >(exec "$wine" cmd >/dev/null 2>&1)
}

# wine_stop: ends this Windows' server, and with it all that runs in it.
wine_stop () {
  "$wineserver" -k || true
  "$wineserver" -w
}
