#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a GResource, as C source, of every icon that the window names.

On Windows GTK has no icon theme beside it and nothing that draws SVG. So the icons go into the program: symbolic ones as
the .symbolic.png that GTK recolours as it does SVG, the program's own as plain PNG.

  make-icons.py --output OUTPUT.c --theme FOLDER --own FOLDER --app-id ID SOURCE-FOLDER
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

SYMBOLIC_SIZES = (16, 32)
OWN_SIZES = (16, 24, 32, 48, 64, 128, 256)
# What libadwaita names and has not inside of it.
LIBRARY_NAMES = {"document-edit-symbolic"}
NAME = re.compile(r'[">]([a-z0-9][a-z0-9-]*-symbolic)["<]')


def find_names(folder):
    sources = [path for path in folder.iterdir() if path.suffix in (".c", ".ui")]
    return sorted({name for source in sources for name in NAME.findall(source.read_text(encoding="utf-8"))} | LIBRARY_NAMES)


def encode_symbolic(svg, folder):
    """Into folder, as N x N/CONTEXT/NAME.symbolic.png; the context is that of the theme."""
    for size in SYMBOLIC_SIZES:
        to = folder / f"{size}x{size}" / svg.parent.name
        to.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gtk4-encode-symbolic-svg", svg, f"{size}x{size}", "-o", to], check=True)


def draw_own(svg, folder):
    for size in OWN_SIZES:
        to = folder / f"{size}x{size}" / "apps"
        to.mkdir(parents=True, exist_ok=True)
        subprocess.run(["rsvg-convert", "-w", str(size), "-h", str(size), "-o", to / f"{svg.stem}.png", svg], check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", required=True)
    parser.add_argument("--theme", type=pathlib.Path, required=True, help="Adwaita")
    parser.add_argument("--own", type=pathlib.Path, required=True, help="data/icons/hicolor")
    parser.add_argument("--app-id", required=True)
    parser.add_argument("sources", type=pathlib.Path, help="src/ui")
    arguments = parser.parse_args()

    themed = {svg.stem: svg for kind in ("scalable", "symbolic") for svg in arguments.theme.glob(f"{kind}/*/*.svg")}
    names = find_names(arguments.sources)
    missing = [name for name in names if name not in themed]
    if missing:
        sys.exit(f"{arguments.theme} has no icon of these names, which the window uses: {', '.join(missing)}")

    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name in names:
            encode_symbolic(themed[name], folder)
        encode_symbolic(arguments.own / "symbolic/apps" / f"{arguments.app_id}-symbolic.svg", folder)
        draw_own(arguments.own / "scalable/apps" / f"{arguments.app_id}.svg", folder)

        prefix = "/" + arguments.app_id.replace(".", "/") + "/icons"
        entries = "".join(f"<file>{png.relative_to(folder)}</file>" for png in sorted(folder.glob("*/*/*.png")))
        xml = folder / "icons.gresource.xml"
        xml.write_text(f'<gresources><gresource prefix="{prefix}">{entries}</gresource></gresources>', encoding="utf-8")
        subprocess.run(["glib-compile-resources", "--sourcedir", folder, "--generate-source", "--c-name", "fl_icons",
                        "--target", arguments.output, xml], check=True)


if __name__ == "__main__":
    main()
