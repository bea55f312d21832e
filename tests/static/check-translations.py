#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sees that the template holds every text of the program, and that each language is complete. Prints TAP."""
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(sys.argv[1]).resolve()
results = []


def texts(path):
    """The msgids of a catalogue, as one would look them up."""
    listing = subprocess.run(["msgcat", "--no-wrap", "--no-location", "--sort-output", path], capture_output=True,
                             text=True, check=True).stdout
    listing = re.sub(r'"\n"', "", listing)
    return set(re.findall(r'^msgid "(.+)"$', listing, re.MULTILINE))


with tempfile.TemporaryDirectory() as folder:
    fresh = f"{folder}/fresh.pot"
    names = [n for n in (TOP / "po/POTFILES").read_text().split("\n") if n and not n.startswith("#")]
    subprocess.run(["xgettext", "--from-code=UTF-8", "--add-comments=Translators", "--keyword=_", "--keyword=N_",
                    "--keyword=C_:1c,2", "--keyword=NC_:1c,2", "--keyword=ngettext:1,2",
                    "--keyword=g_dngettext:2,3", "-o", fresh, *names], cwd=TOP, check=True,
                   env={"GETTEXTDATADIRS": f"{TOP}/po:/usr/share/gettext:/usr/share", "PATH": "/usr/bin:/bin"},
                   stderr=subprocess.DEVNULL)
    wanted = texts(fresh)
    template = texts(TOP / "po/flashloader.pot")
    results.append(("the template is complete", sorted(wanted - template)))
    # xgettext does not know GLib's G_GSIZE_FORMAT and its like: the text would end there, and never be found.
    results.append(("no text was cut at a macro", sorted(t for t in wanted if re.search(r"(^|[^%])%'?$", t))))
    for language in (TOP / "po/LINGUAS").read_text().split():
        po = str(TOP / f"po/{language}.po")
        missing = sorted(wanted - texts(po))
        for flag in ("--untranslated", "--only-fuzzy"):
            left = f"{folder}/left.po"
            subprocess.run(["msgattrib", "--no-obsolete", flag, "-o", left, po], check=True)
            if pathlib.Path(left).exists():
                missing += sorted(texts(left))
                pathlib.Path(left).unlink()
        results.append((f"{language} is complete", missing))

print(f"1..{len(results)}")
for number, (what, missing) in enumerate(results, 1):
    print(f"{'not ok' if missing else 'ok'} {number} {what}")
    for text in missing[:20]:
        print(f"# missing: {text}")
sys.exit(any(missing for what, missing in results))
