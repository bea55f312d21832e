#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the house rules that a compiler cannot: layers, licences, lengths, layout, translations. Prints TAP."""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
MAX_LINES = 600
# Which rooms a room may include from, beside itself. Downward only.
LAYERS = {
    "util": [],
    "transport": ["util", "port"],  # a missing port is answered with those that are there
    "port": ["util"],
    "image": ["util"],
    "chip": ["util", "image"],
    "protocol": ["util", "transport"],
    "diagnosis": ["util", "transport", "chip", "image", "protocol"],
    "jobs": ["util", "transport", "port", "protocol", "chip", "image", "diagnosis"],
    "sim": ["util", "transport", "port", "chip", "image"],  # says what is around a simulated board
    "cli": ["util", "transport", "port", "protocol", "chip", "image", "diagnosis", "jobs", "sim"],
    "ui": ["util", "transport", "port", "protocol", "chip", "image", "diagnosis", "jobs", "sim"],
}
# The protocol's bytes are no business of the window: of that room it may know how boards are entered, and what a trace
# means in words.
UI_MAY_INCLUDE = {"fl-boot-entry.h", "fl-decode.h"}
LIBSERIALPORT = {"src/transport/fl-serial-transport.c", "src/transport/fl-port-handle.h", "src/port/fl-port-list.c"}
# Nothing leaves the machine: check-hardening.py sees to what the programs call, this to what they do not even mean to.
NETWORK = re.compile(r"\b(g_(socket|resolver|network|tcp|inet|proxy)_\w+|G(Socket|Network|Tcp|Inet)[A-Z]?\w*|soup_\w+|curl_\w+|"
                     r"getaddrinfo|gethostbyname|(?<!_)socket|sys/socket\.h|netdb\.h|winsock2?\.h)\b")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|not implemented", re.IGNORECASE)

problems = {}


def problem(check, path, text):
    problems.setdefault(check, []).append(f"{path}: {text}")


def tracked():
    listing = subprocess.run(["git", "-C", TOP, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    if listing.returncode == 0:
        names = listing.stdout.split("\n")
    else:  # a source archive
        names = [str(p.relative_to(TOP)) for p in TOP.rglob("*") if p.is_file()]
    return sorted(n for n in names if n and not n.startswith("_build") and (TOP / n).is_file())


files = tracked()
sources = [f for f in files if re.fullmatch(r"(src|tests)/.*\.[ch]", f)]
headers = {pathlib.Path(f).name: f.split("/")[1] for f in files if re.fullmatch(r"src/[a-z]+/.*\.h", f)}
code = sources + [f for f in files if f.endswith((".py", ".sh", "meson.build")) or f in ("run", "test", ".ci/run")]

for name in code:
    text = (TOP / name).read_text(encoding="utf-8")
    lines = text.split("\n")
    if not any("SPDX-License-Identifier: GPL-3.0-or-later" in line for line in lines[:3]):
        problem("licence", name, "no SPDX line at the top")
    if name.startswith("src/") and name.endswith((".c", ".h")) and len(lines) - 1 > MAX_LINES:
        problem("length", name, f"{len(lines) - 1} lines, more than {MAX_LINES}: split it")
    for number, line in enumerate(lines, 1):
        if name != "build-aux/check-source.py" and UNFINISHED.search(line):
            problem("unfinished", f"{name}:{number}", line.strip())
        if line != line.rstrip() or "\t" in line:
            problem("spaces", f"{name}:{number}", "tab or trailing space")

for name in (f for f in sources if f.startswith("src/")):
    room = name.split("/")[1]
    text = (TOP / name).read_text(encoding="utf-8")
    for include in re.findall(r'#\s*include\s+["<]([^">]+)[">]', text):
        other = headers.get(include)
        if other and other != room and other not in LAYERS[room]:
            problem("layers", name, f"{room} must not know {other} ({include})")
        if room == "ui" and other == "protocol" and include not in UI_MAY_INCLUDE:
            problem("layers", name, f"the window must not know {include}")
        if re.match(r"(gtk/|gdk/|adwaita)", include) and room != "ui":
            problem("layers", name, f"only src/ui knows GTK ({include})")
        if NETWORK.search(include):
            problem("network", name, f"the program stays on its machine ({include})")
        if include == "libserialport.h" and name not in LIBSERIALPORT:
            problem("layers", name, "libserialport.h belongs to the serial transport and the port list")

    for number, line in enumerate(text.split("\n"), 1):
        code_only = re.sub(r'"(\\.|[^"\\])*"|/\*.*', "", line)
        if not line.lstrip().startswith("*") and NETWORK.search(code_only):
            problem("network", f"{name}:{number}", line.strip())

translatable = re.compile(r'(?<![A-Za-z_])(?:_|N_|C_|ngettext|g_dngettext)\s*\(\s*"')
wanted = {f for f in files if f.startswith("src/") and f.endswith(".c")
          and translatable.search((TOP / f).read_text(encoding="utf-8"))}
wanted |= {f for f in files if f.endswith(".ui") and 'translatable="yes"' in (TOP / f).read_text(encoding="utf-8")}
wanted |= {f for f in files if re.fullmatch(r"data/.*\.(desktop|metainfo\.xml|gschema\.xml)(\.in)?", f)}
wanted.add("data/chips/words.xml")
wanted |= {f for f in files if re.fullmatch(r"data/diagnosis/.*\.xml", f)}
listed = [line for line in (TOP / "po/POTFILES").read_text().split("\n") if line and not line.startswith("#")]
for name in sorted(wanted - set(listed)):
    problem("potfiles", name, "has texts to translate and is not in po/POTFILES")
for name in sorted(set(listed) - wanted):
    problem("potfiles", name, "is in po/POTFILES and has nothing to translate")
if listed != sorted(listed):
    problem("potfiles", "po/POTFILES", "is not sorted")

c_files = [str(TOP / f) for f in sources if f.endswith(".c")]
formatted = subprocess.run(["clang-format", "--dry-run", *c_files], capture_output=True, text=True)
for line in formatted.stderr.split("\n"):
    if "warning: code should be clang-formatted" in line or "error:" in line:
        problem("layout", line.split(" ")[0].replace(f"{TOP}/", ""), "clang-format would change it")

checks = ["licence", "length", "unfinished", "spaces", "layers", "network", "potfiles", "layout"]
print(f"1..{len(checks)}")
for number, check in enumerate(checks, 1):
    found = problems.get(check, [])
    print(f"{'not ok' if found else 'ok'} {number} {check}")
    for line in found[:40]:
        print(f"# {line}")
sys.exit(1 if problems else 0)
