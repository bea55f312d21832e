#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The highest rate that works, and the supply voltage: test-speed.py CLI."""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-speed-")
HERE = pathlib.Path(FOLDER.name)
NOTEBOOK = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "flashloader" / "remembered.ini"
LINES = ("--entry", "dtr-rts:rts-boot0-dtr-reset")


def cli(*arguments, expect=0):
    run = subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True, timeout=240)
    assert run.returncode == expect, f"{arguments}: exit {run.returncode}, not {expect}\n{run.stdout}\n{run.stderr}"
    return run


def answer(*arguments, expect=0):
    return json.loads(cli("--json", *arguments, expect=expect).stdout)


def image(name, size):
    path = HERE / name
    path.write_bytes(random.Random(3155).randbytes(size))
    return path


def remembered():
    return NOTEBOOK.read_text() if NOTEBOOK.exists() else ""


def forget():
    NOTEBOOK.unlink(missing_ok=True)


@tap.case
def a_large_file_is_worth_it():
    """program: climbs for a large file, and begins there the next time, also for a small one"""
    forget()
    port = ("--port", "sim:0x467,wired=1,max-baud=460800", *LINES)
    small, large = image("small.bin", 2000), image("large.bin", 60000)
    said = answer("program", small, *port)
    assert said["baud"] == 115200 and not remembered(), said
    slow = answer("program", large, *port, "--no-climb")
    assert slow["baud"] == 115200 and not remembered(), slow
    fast = answer("program", large, *port)
    assert fast["baud"] == 460800 and fast["verified"] and fast["sha256"] == slow["sha256"], fast
    assert fast["seconds"] < slow["seconds"] / 2, (fast["seconds"], slow["seconds"])
    assert answer("program", small, *port, "--baud", "auto")["baud"] == 460800
    assert answer("program", small, *port, "--no-climb")["baud"] == 115200
    assert answer("program", small, *port, "--baud", 57600)["baud"] == 57600
    assert "rate-0x467=460800" in NOTEBOOK.read_text() and "sim:" not in NOTEBOOK.read_text()


@tap.case
def anew():
    """--climb looks anew, whatever the command; without lines that reset the board nothing is tried"""
    forget()
    port = ("--port", "sim:0x413,wired=1,clean-baud=230400", *LINES)
    said = cli("info", *port, "--climb").stdout + cli("info", *port).stdout
    assert "rate-0x413=230400" in NOTEBOOK.read_text(), said
    forget()
    cli("info", "--port", "sim:0x413", "--climb")
    assert not NOTEBOOK.exists()


@tap.case
def contradictions():
    """--climb with a rate, or with --no-climb, is refused before the port is opened"""
    for more in (("--baud", 115200), ("--no-climb",)):
        said = answer("info", "--port", "sim:0x467,wired=1", *LINES, "--climb", *more, expect=1)
        assert said["error_code"] == "usage" and "not both" in said["message"], said


@tap.case
def voltage():
    """program --voltage: faster, kept for the board, taken back; nothing for chips that have no such choice"""
    forget()
    path = image("volts.bin", 30000)
    port = ("--port", "sim:0x413")
    slow = answer("program", path, *port)
    fast = answer("program", path, *port, "--voltage", "3.3")
    assert fast["verified"] and fast["sha256"] == slow["sha256"], fast
    assert fast["seconds"] < slow["seconds"] - 1, (fast["seconds"], slow["seconds"])
    kept = answer("program", path, *port)
    assert abs(kept["seconds"] - fast["seconds"]) < 0.1, (kept["seconds"], fast["seconds"])
    assert "supply=4" in NOTEBOOK.read_text(), NOTEBOOK.read_text()
    back = answer("program", path, *port, "--voltage", "unknown")
    assert abs(back["seconds"] - slow["seconds"]) < 0.1, (back["seconds"], slow["seconds"])
    assert abs(answer("program", path, *port)["seconds"] - slow["seconds"]) < 0.1
    assert "not used" in cli("program", path, "--port", "sim:0x467", "--voltage", "3.3").stdout
    for wrong in ("5", "0", "3.3V", "x"):
        assert answer("program", path, *port, "--voltage", wrong, expect=1)["error_code"] == "usage"
    plan = cli("program", path, *port, "--voltage", "3.3", "--dry-run").stdout
    assert "Expected time" in plan or "Written" in plan, plan


tap.run()
