#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts together what is installed on Windows: the programs, and of the libraries what they need at run time, no more.

  stage.py --installed FOLDER --prefix FOLDER --source FOLDER --output FOLDER
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

OBJDUMP = "x86_64-w64-mingw32-objdump"
STRIP = "x86_64-w64-mingw32-strip"
SYSTEM_LIBRARIES = pathlib.Path("/usr/x86_64-w64-mingw32/lib")
# Whose texts a user sees: GTK's dialogs, GLib's error messages.
CATALOGUES = ("gtk40", "glib20", "libadwaita", "json-glib-1.0", "gdk-pixbuf")
# What comes from the packages that the build machine has installed.
PACKAGE_LICENCES = {"adwaita-icon-theme": "/usr/share/doc/adwaita-icon-theme/copyright"}


def imports_of(binary):
    output = subprocess.run([OBJDUMP, "-p", binary], capture_output=True, text=True, check=True).stdout
    return re.findall(r"DLL Name: (\S+)", output)


def belongs_to_windows(name):
    """Whether the compiler has an import library for it."""
    stem = name.lower().rsplit(".", 1)[0]
    return any((SYSTEM_LIBRARIES / f"lib{stem}{end}").exists() for end in (".a", "_s.a", ".drv.a"))


def copy_libraries(programs, prefix, to):
    """All that the programs import, and what those import; no others."""
    ours = {path.name.lower(): path for path in (prefix / "bin").glob("*.dll")}
    queue, done, unknown = list(programs), set(), []
    while queue:
        binary = queue.pop()
        for name in imports_of(binary):
            path = ours.get(name.lower())
            if path and path not in done:
                done.add(path)
                queue.append(path)
            elif not path and not belongs_to_windows(name):
                unknown.append(f"{binary.name} needs {name}, which is neither in {prefix} nor part of Windows")
    if unknown:
        sys.exit("\n".join(unknown))
    for path in done:
        shutil.copy2(path, to / path.name)


def copy_catalogues(installed, prefix, to):
    """Our translations, and into the same languages those of the libraries."""
    for language in sorted((installed / "share/locale").iterdir()):
        target = to / "share/locale" / language.name / "LC_MESSAGES"
        target.mkdir(parents=True)
        shutil.copy2(language / "LC_MESSAGES/flashloader.mo", target)
        for name in CATALOGUES:
            catalogue = prefix / "share/locale" / language.name / "LC_MESSAGES" / f"{name}.mo"
            if catalogue.exists():
                shutil.copy2(catalogue, target)


def compile_schemas(installed, prefix, to):
    """The settings of the program, and those of GTK's dialogs."""
    folder = to / "share/glib-2.0/schemas"
    folder.mkdir(parents=True)
    for source in (installed, prefix):
        for path in (source / "share/glib-2.0/schemas").glob("*.xml"):
            shutil.copy2(path, folder)
    subprocess.run(["glib-compile-schemas", "--strict", folder], check=True)
    for path in folder.glob("*.xml"):
        path.unlink()


def copy_licences(source, prefix, to):
    """Of every library, and how to build it: whoever gets the program may have the libraries' sources too."""
    folder = to / "share/licenses"
    shutil.copytree(prefix / "share/licenses", folder)
    for name, path in PACKAGE_LICENCES.items():
        (folder / name).mkdir()
        shutil.copy2(path, folder / name / "copyright")
    table = (source / "build-aux/windows/sources.txt").read_text(encoding="utf-8")
    libraries = {line.split()[0] for line in table.split("\n") if line and not line.startswith("#")}
    missing = [name for name in sorted(libraries) if not any((folder / name).glob("*"))]
    if missing:
        sys.exit(f"No licence text of: {', '.join(missing)}")


def main():
    parser = argparse.ArgumentParser()
    for name in ("installed", "prefix", "source", "output"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    installed, prefix, source, output = arguments.installed, arguments.prefix, arguments.source, arguments.output

    shutil.rmtree(output, ignore_errors=True)
    (output / "bin").mkdir(parents=True)
    programs = sorted((installed / "bin").glob("*.exe"))
    for program in programs:
        shutil.copy2(program, output / "bin")
        subprocess.run([STRIP, output / "bin" / program.name], check=True)  # Meson does so only with what it linked
    copy_libraries(programs, prefix, output / "bin")
    copy_catalogues(installed, prefix, output)
    compile_schemas(installed, prefix, output)
    copy_licences(source, prefix, output)
    shutil.copytree(installed / "share/flashloader", output / "share/flashloader", ignore=shutil.ignore_patterns("*.rules"))
    shutil.copy2(source / "README.md", output / "README.md")
    shutil.copy2(source / "LICENSE", output / "LICENSE.txt")

    files = [path for path in output.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    libraries = len(list((output / "bin").glob("*.dll")))
    print(f"{output}: {len(files)} files, {libraries} libraries, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
