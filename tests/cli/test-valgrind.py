#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line under valgrind: no invalid access, no use of what was never set, nothing definitely lost.

    test-valgrind.py CLI SOURCE-ROOT
"""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI, ROOT = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-valgrind-")
HERE = pathlib.Path(FOLDER.name)
WRONG = 99
LIMIT = 240
# Blocks that GLib keeps in pools would hide what becomes of them.
ENVIRONMENT = {**os.environ, "G_SLICE": "always-malloc", "G_DEBUG": "gc-friendly,fatal-criticals", "LC_ALL": "C.UTF-8"}
VALGRIND = ["valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
            f"--error-exitcode={WRONG}", "--num-callers=24"]


def check(*arguments, expect=0):
    run = subprocess.run([*VALGRIND, CLI, *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT,
                         env=ENVIRONMENT, stdin=subprocess.DEVNULL, cwd=HERE)
    assert run.returncode == expect, f"{arguments}: exit {run.returncode}, not {expect}\n{run.stdout}\n{run.stderr}"
    return run.stdout


def seen_to_fail():
    """What is lost on purpose, valgrind must tell: python itself would not."""
    source, program = HERE / "lost.c", HERE / "lost"
    source.write_text("#include <stdlib.h>\nint main (void) { char *volatile p = malloc (100); p = 0; return p != 0; }\n")
    subprocess.run(["cc", "-O0", "-o", program, source], check=True)
    return subprocess.run([*VALGRIND, program], capture_output=True, env=ENVIRONMENT).returncode == WRONG


@tap.case
def finds():
    """valgrind tells of what is lost"""
    assert seen_to_fail()


@tap.case
def programs():
    """program, verify, start, with a trace; the trace is explained"""
    image = HERE / "image.bin"
    image.write_bytes(bytes(range(256)) * 3)
    check("program", image, "--port", "sim:0x410,flash=16", "--trace", HERE / "trace", "--start", "--json")
    assert "Every exchange" in check("decode", HERE / "trace")


@tap.case
def reads():
    """read, erase"""
    check("read", HERE / "read.hex", "--length", "1K", "--port", "sim:0x460,flash=16")
    assert (HERE / "read.hex").stat().st_size > 1024
    check("erase", "--address", "0x08000000", "--length", "2K", "--port", "sim:0x435,flash=128")


@tap.case
def options():
    """option bytes: written from a file"""
    check("options", "--port", "sim:0x410", "--save", HERE / "options")
    check("options", "--port", "sim:0x410", "--load", HERE / "options", "--set", "Data0=0x12", "--yes")


@tap.case
def fails():
    """no answer: the explanation, the diagnosis, a report"""
    scenario = ROOT / "tests/data/scenarios/silent.json"
    check("diagnose", "--port", f"sim:{scenario}")
    check("report", HERE / "report", "--port", f"sim:{scenario}")
    check("decode", HERE / "report", "--json")


@tap.case
def files():
    """firmware that is none"""
    (HERE / "bad.hex").write_text(":10000000\n")
    check("check", HERE / "bad.hex", expect=7)


@tap.case
def old_name():
    """a script of STMFlashLoader.exe"""
    image = HERE / "old.bin"
    image.write_bytes(b"\x12\x34\x56\x78" * 50)
    check("-c", "--pn", "sim:0x410", "-e", "--all", "-d", "--a", "8000000", "--fn", image, "--v")


if __name__ == "__main__":
    tap.run()
