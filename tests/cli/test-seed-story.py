#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The story that this program was begun for: test-seed-story.py CLI SOURCE-ROOT.

A firmware developer's chip changes from an STM32G071 (128 KiB) to an STM32G0B1 (256 KiB, two banks); the tool says KO.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI, TOP = sys.argv[1:3]
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-story-")
HERE = pathlib.Path(FOLDER.name)
FIRMWARE = pathlib.Path(TOP) / "data/practice/blink-table.hex"
G071 = f"sim:0x460,state={HERE}/g071"
G0B1 = f"sim:0x467,flash=256,state={HERE}/g0b1"


def cli(*arguments, expect=0):
    run = subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True, timeout=240)
    assert run.returncode == expect, f"{arguments}: exit {run.returncode}\n{run.stdout}\n{run.stderr}"
    return run


def answer(*arguments, expect=0):
    return json.loads(cli("--json", *arguments, expect=expect).stdout)


@tap.case
def the_old_board():
    """the G071 is programmed and verified"""
    said = answer("program", FIRMWARE, "--port", G071)
    assert said["device"]["pid"] == "0x460" and said["device"]["flash_kib"] == 128 and said["verified"], said


@tap.case
def the_new_board_with_old_habits():
    """the same command meets a G0B1: recognised without a map file, programmed and verified"""
    said = answer("program", FIRMWARE, "--port", G0B1)
    assert said["device"]["pid"] == "0x467" and said["device"]["flash_kib"] == 256 and said["verified"], said
    text = cli("info", "--port", G0B1).stdout
    assert "2 banks" in text and "256 KiB" in text, text


@tap.case
def across_both_banks():
    """an image that fills both banks is programmed across the border, and read back equal"""
    image = HERE / "both.bin"
    image.write_bytes(random.Random(0x467).randbytes(256 * 1024))
    said = answer("program", image, "--port", G0B1)
    assert said["verified"] and said["bytes_verified"] == 256 * 1024 and said["pages_erased"] == 128, said
    out = HERE / "both-read.bin"
    cli("read", out, "--port", G0B1)
    assert out.read_bytes() == image.read_bytes()
    # Only what lies around the border: pages of either bank, and nothing beside them.
    part = HERE / "part.bin"
    part.write_bytes(random.Random(1).randbytes(8192))
    said = answer("program", part, "--address", "0x0801F000", "--port", G0B1)
    assert said["pages_erased"] == 4, said
    cli("read", out, "--port", G0B1)
    wanted = bytearray(image.read_bytes())
    wanted[0x1F000:0x21000] = part.read_bytes()
    assert out.read_bytes() == wanted


@tap.case
def what_no_longer_fits():
    """the 256 KiB image back on the G071: refused before anything is sent, with the numbers"""
    said = answer("program", HERE / "both.bin", "--port", G071, expect=8)
    assert said["error_code"] == "range", said
    assert "131072" in said["message"] or "128 KiB" in said["message"], said
    assert answer("verify", FIRMWARE, "--port", G071)["result"] == "ok"


def check_silence(port, *arguments):
    """The log says what was sent and that no 0x79 came; the explanation names what to check. Returns all of it."""
    run = cli("info", "--port", port, *arguments, expect=3)
    text = run.stdout + run.stderr
    assert "[KO]" in text and "7F" in text and "no 79 came" in text, text
    assert "What to do" in text, text
    return text


@tap.case
def boot0_is_ignored():
    """KO because nBOOT_SEL makes the G0B1 ignore BOOT0: the checks name the bit, and this chip"""
    text = check_silence("sim:0x467,boot0=ignored,blank=0", "--device", "0x467")
    assert "nBOOT_SEL" in text and "G0B" in text, text


@tap.case
def the_jump_left_it_deaf():
    """KO because the application's jump left the bootloader deaf: the checks speak of the jump"""
    text = check_silence("sim:0x467,deaf=1", "--device", "0x467", "--entry", "app")
    assert "jump" in text and "interrupt" in text.lower(), text


@tap.case
def the_warning_came_in_time():
    """while it was still connected the blank G0B1 was said to ignore BOOT0 from then on"""
    text = cli("info", "--port", "sim:0x467,flash=256").stdout
    assert "nBOOT_SEL" in text and "BOOT0" in text, text


tap.run()
