#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option bytes and protection on the command line, against simulated boards: test-options.py CLI."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-options-")
HERE = pathlib.Path(FOLDER.name)
LIMIT = 240  # seconds, for a run of the program that hangs


def cli(*arguments, expect=0, typed=""):
    run = subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT, input=typed)
    assert run.returncode == expect, f"{arguments}: exit {run.returncode}, not {expect}\n{run.stdout}\n{run.stderr}"
    return run


def answer(*arguments, expect=0, typed=""):
    return json.loads(cli("--json", *arguments, expect=expect, typed=typed).stdout)


def board(pid, name, more=""):
    return f"sim:{pid},state={HERE / name}.board{more}"


def value(said, name):
    return next(option["value"] for option in said["options"] if option["name"] == name)


def image(name, size):
    path = HERE / name
    path.write_bytes(random.Random(size).randbytes(size))
    return path


@tap.case
def shown():
    """options: every field with its value in words"""
    text = cli("options", "--port", "sim:0x467").stdout
    for part in ("Readout protection", "RDP", "0xAA: level 0: not protected", "nBOOT_SEL", "WRP2B_END", "as new:"):
        assert part in text, text
    said = answer("options", "--port", "sim:0x467")
    assert len(said["options"]) == 39, len(said["options"])
    rdp = said["options"][0]
    assert (rdp["name"], rdp["value"], rdp["factory"], rdp["danger"], rdp["address"]) == \
        ("RDP", 0xAA, 0xAA, "high", "0x1FFF7800"), rdp
    assert rdp["what"] and rdp["risk"] and "not protected" in rdp["text"], rdp


@tap.case
def changed():
    """options --set: shows fields and bytes, writes, reads back; the next connection finds it"""
    port = board("0x467", "set")
    run = cli("options", "--port", port, "--set", "IWDG_SW=0", "--set", "nRST_STOP=0", "--yes")
    assert "IWDG_SW: 1" in run.stdout and "→ 0" in run.stdout and "nRST_STOP: 1" in run.stdout, run.stdout
    assert "0x1FFF7800: AA FE FF FE 55 01 00 01 → AA DE FE FE 55 21 01 01" in run.stdout, run.stdout
    assert "written, read back, and equal" in run.stdout, run.stdout
    said = answer("options", "--port", port)
    assert value(said, "IWDG_SW") == 0 and value(said, "nRST_STOP") == 0 and value(said, "nRST_STDBY") == 1
    run = cli("options", "--port", port, "--set", "IWDG_SW=0", "--yes")
    assert "so already" in run.stdout, run.stdout


@tap.case
def refused_without_consent():
    """options --set: nothing is written unless somebody agreed; RDP level 2 not even with --yes"""
    port = board("0x467", "consent")
    said = answer("options", "--port", port, "--set", "IWDG_SW=0", expect=1)
    assert said["error_code"] == "needs-consent" and said["changes"][0]["name"] == "IWDG_SW", said
    for typed in ("", "yes\n", "STM32G071\n"):
        said = answer("options", "--port", port, "--set", "RDP=0xCC", "--yes", expect=1, typed=typed)
        assert said["error_code"] == "needs-consent" and "STM32G0B0" in said["message"], said
    run = cli("options", "--port", port, "--set", "BOOT_LOCK=1", "--yes", expect=1)
    assert "type the chip’s name" in run.stderr, run.stderr
    said = answer("options", "--port", port)
    assert value(said, "RDP") == 0xAA and value(said, "IWDG_SW") == 1 and value(said, "BOOT_LOCK") == 0, said


@tap.case
def locked():
    """options --set RDP=0xCC: with the name typed it is done, and the chip is gone"""
    port = board("0x467", "locked")
    run = cli("options", "--port", port, "--set", "RDP=0xCC", typed="stm32g0b1\n")
    assert "cannot be read back" in run.stderr + run.stdout, run.stderr
    cli("info", "--port", port, expect=3)


@tap.case
def bad_requests():
    """options: what cannot be meant is refused before anything is written"""
    for arguments, expect in ((("--set", "NOTHING=1"), 1), (("--set", "RDP"), 1), (("--set", "RDP=0x100"), 8),
                              (("--load", "/nonexistent/file"), 7)):
        cli("options", "--port", "sim:0x467", *arguments, expect=expect)
    assert answer("options", "--port", "sim:0x467,pid=0x7FF", expect=8)["error_code"] == "unknown-device"
    cli("options", "--port", "sim:0x467,pid=0x7FF", "--set", "RDP=0xBB", "--yes", expect=8)
    assert answer("options", "--port", "sim:0x467,rdp=1", expect=5)["error_code"] == "protected"
    assert answer("options", "--port", "sim:0x01E", expect=5)["error_code"] == "unsupported"


@tap.case
def saved_and_restored():
    """options --save, --load: all of a chip's option bytes come back; another chip's are refused"""
    port = board("0x413", "saved")
    file = HERE / "saved.options"
    cli("options", "--port", port, "--save", file)
    text = file.read_text()
    assert "pid=0x413" in text and "nWRP=0xFFF" in text, text
    cli("options", "--port", port, "--set", "nWRP=0xFFE", "--set", "BOR_LEV=2", "--yes")
    assert value(answer("options", "--port", port), "nWRP") == 0xFFE
    cli("options", "--port", port, "--load", file, "--yes")
    said = answer("options", "--port", port)
    assert value(said, "nWRP") == 0xFFF and value(said, "BOR_LEV") == 3, said
    said = answer("options", "--port", "sim:0x410", "--load", file, "--yes", expect=8)
    assert "another chip" in said["message"], said


@tap.case
def readout_protection():
    """protect read, unprotect read: names what is lost, and wipes the flash"""
    port = board("0x460", "readout")
    cli("program", image("a.bin", 3000), "--port", port)
    said = answer("protect", "read", "--port", port, expect=1)
    assert said["error_code"] == "needs-consent" and "erases the whole flash" in said["warning"], said
    cli("protect", "read", "--port", port, "--yes")
    assert answer("info", "--port", port)["protection"] == "readout"
    cli("read", HERE / "back.bin", "--port", port, "--length", "256", expect=5)
    said = answer("unprotect", "read", "--port", port, expect=1)
    assert said["error_code"] == "needs-consent" and "ALL of the flash" in said["warning"], said
    run = cli("unprotect", "read", "--port", port, "--yes")
    assert "ALL of the flash" in run.stdout and run.stdout.index("ALL") < run.stdout.index("is off"), run.stdout
    said = answer("info", "--port", port)
    assert said["protection"] == "none" and said["blank"], said
    said = answer("unprotect", "read", "--port", port, "--yes", expect=1)
    assert "not read-protected" in said["message"], said


@tap.case
def write_protection():
    """protect write --pages, unprotect write: the pages, no others, and what is protected with them"""
    port = board("0x410", "write")
    cli("program", image("w.bin", 20000), "--port", port)
    run = cli("protect", "write", "--pages", "5,12-15", "--port", port, "--yes")
    assert "several at a time: page 4" in run.stdout and "several at a time: pages 6–7" in run.stdout, run.stdout
    said = answer("protect", "write", "--pages", "5,12-15", "--port", port, "--yes")
    assert said["write_protected"] == [4, 5, 6, 7, 12, 13, 14, 15] and not said["changes"], said
    said = answer("erase", "--address", "0x08001000", "--length", "1K", "--port", port, expect=5)
    assert said["error_code"] == "protected" and "page 4" in said["message"], said
    said = answer("program", image("w.bin", 20000), "--port", port, expect=5)
    assert said["error_code"] == "protected" and said["pages_erased"] == 0, said
    said = answer("unprotect", "write", "--port", port, "--yes")
    assert said["write_protected"] == [], said
    cli("erase", "--address", "0x08001000", "--length", "1K", "--port", port)
    for arguments, expect in ((("write", "--pages", "999"), 1), (("something",), 1), (("read", "--pages", "1"), 1)):
        cli("protect", *arguments, "--port", port, "--yes", expect=expect)


@tap.case
def boot0():
    """info: a chip that ignores its BOOT0 pin says so while it is connected; cleared, it is quiet"""
    port = board("0x467", "boot0", ",boot0=ignored")
    run = cli("info", "--port", port)
    assert "works because the chip was blank" in run.stdout, run.stdout
    assert answer("info", "--port", port)["boot0"] == "ignored-application"
    cli("options", "--port", port, "--set", "nBOOT_SEL=0", "--yes")
    said = answer("info", "--port", port)
    assert said["boot0"] == "pin" and "two banks because" in said["geometry"], said


tap.run()
