#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has flatpak-builder read the manifest, and sees that it understood all of it."""
import json
import subprocess
import sys

path = sys.argv[1]
with open(path, encoding="utf-8") as file:
    ours = json.load(file)
run = subprocess.run(["flatpak-builder", "--show-manifest", path], capture_output=True, text=True)
assert run.returncode == 0, run.stderr
assert "WARNING" not in run.stderr, run.stderr
theirs = json.loads(run.stdout)
assert theirs["id"] == "io.github.flashloader.Flashloader"


def check(mine, read, where):
    for key, value in mine.items():
        assert key in read, f"{where}.{key} was not understood"
        if isinstance(value, dict):
            check(value, read[key], f"{where}.{key}")
        elif key == "finish-args":
            assert set(value) == set(read[key]), f"{where}.{key}: {read[key]}"


check(ours, theirs, "manifest")
for mine, read in zip(ours["modules"], theirs["modules"]):
    check(mine, read, mine["name"])
    for source in mine["sources"]:
        if source["type"] == "archive":
            assert len(source["sha256"]) == 64, source
assert "--device=all" in ours["finish-args"], "without it there is no serial port"
assert "--share=network" not in ours["finish-args"], "nothing leaves the machine"
print("ok")
