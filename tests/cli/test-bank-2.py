#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chips whose documents disagree on bank 2's page numbers, on the command line: test-bank-2.py CLI."""
import json
import os
import pathlib
import pty
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-bank-2-")
HERE = pathlib.Path(FOLDER.name)
LIMIT = 240  # seconds, for a run of the program that hangs
START, BANK_2, SIZE, PAGE = 0x08000000, 0x08030000, 384 * 1024, 256
MIDDLE = BANK_2 + 384 * PAGE  # its codes, 1152 and 1408, mean something in both numberings: 768 and 1024 on
BEFORE = random.Random(437).randbytes(SIZE)
NEW = random.Random(1).randbytes(1000)


def run(*arguments, expect=0, stdin=subprocess.DEVNULL):
    ended = subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT, stdin=stdin)
    assert ended.returncode == expect, \
        f"{arguments}: exit {ended.returncode}, not {expect}\n{ended.stdout}\n{ended.stderr}"
    return ended


def answer(*arguments, expect=0):
    return json.loads(run("--json", *arguments, expect=expect).stdout)


def file(name, data):
    path = HERE / name
    path.write_bytes(data)
    return path


def full_board(name, code):
    """An L151xE of 384 KiB full of data, whose bootloader numbers bank 2 from this code on."""
    port = f"sim:0x437,flash=384,codes={code},state={HERE / name}.flash"
    run("program", file("before.bin", BEFORE), "--erase", "all", "--port", port)
    return port


def flash(port):
    run("read", HERE / "now.bin", "--length", SIZE, "--port", port)
    return (HERE / "now.bin").read_bytes()


def with_new(data, address, new=NEW):
    """The flash after a program of this at that address, the rest of its pages blank."""
    first = (address - START) // PAGE * PAGE
    end = -(-(address - START + len(new)) // PAGE) * PAGE
    data = data[:first] + bytes(end - first) + data[end:]
    return data[:address - START] + new + data[address - START + len(new):]


BANK_2_BLANK = BEFORE[:BANK_2 - START] + bytes(SIZE - (BANK_2 - START))
NEW_PATH = file("new.bin", NEW)


def named(text):
    for part in ("L151", "from 768 or from 1024", "0x08030000–0x0805FFFF", "192"):
        assert part in text, text


def program(code):
    port = full_board(f"program-{code}", code)
    place = ("--address", hex(MIDDLE), "--port", port)
    said = answer("program", NEW_PATH, *place, expect=1)
    assert said["error_code"] == "needs-consent" and said["pages_erased"] == 0, said
    named(said["message"])
    assert "--yes" in said["message"], said
    assert flash(port) == BEFORE
    said = answer("program", NEW_PATH, *place, "--yes")
    assert said["verified"] and said["pages_erased"] == 768, said
    assert flash(port) == with_new(BANK_2_BLANK, MIDDLE)


@tap.case
def program_as_likely():
    """program: refused before anything is erased; with --yes all of bank 2 is, and nothing else"""
    program(768)


@tap.case
def program_as_unlikely():
    """program: the same with a bootloader that numbers bank 2 in the other way"""
    program(1024)


@tap.case
def keeps_the_rest():
    """program --preserve --yes: bank 2 is erased, and its other data are back afterwards"""
    port = full_board("preserve", 1024)
    said = answer("program", NEW_PATH, "--address", hex(MIDDLE), "--port", port, "--preserve", "--yes")
    assert said["verified"] and said["pages_erased"] == 768, said
    offset = MIDDLE - START
    assert flash(port) == BEFORE[:offset] + NEW + BEFORE[offset + len(NEW):]


@tap.case
def dry_run():
    """program --dry-run: says what it would take, and changes nothing"""
    port = full_board("dry", 768)
    place = (NEW_PATH, "--address", hex(MIDDLE), "--port", port, "--dry-run")
    text = run("program", *place).stdout
    assert "This needs your agreement first." in text, text
    named(text)
    text = run("program", *place, "--yes").stdout
    assert "All of bank 2 is erased, as agreed." in text and "768 pages" in text, text
    said = answer("program", *place)
    named(said["doubt"])
    assert said["pages_to_erase"] == 4, said
    said = answer("program", NEW_PATH, "--address", hex(START), "--port", port, "--dry-run")
    assert said["doubt"] is None, said
    assert flash(port) == BEFORE


@tap.case
def found_out_late():
    """program: a bootloader that does not take the safe codes is found out without a loss, and asked about"""
    port = full_board("late", 1024)
    place = ("--address", hex(BANK_2), "--port", port)
    said = answer("program", NEW_PATH, *place, expect=1)
    assert said["error_code"] == "needs-consent", said
    named(said["message"])
    assert flash(port) == BEFORE
    said = answer("program", NEW_PATH, *place, "--yes")
    assert said["verified"] and said["pages_erased"] == 768, said
    assert flash(port) == with_new(BANK_2_BLANK, BANK_2)


@tap.case
def no_question_without_doubt():
    """program: the likely bootloader takes the safe codes; nobody is asked, and nothing else is lost"""
    port = full_board("safe", 768)
    said = answer("program", NEW_PATH, "--address", hex(BANK_2), "--port", port)
    assert said["verified"] and said["pages_erased"] == 4, said
    assert flash(port) == with_new(BEFORE, BANK_2)


@tap.case
def erase():
    """erase: the same questions, the same answers"""
    port = full_board("erase", 1024)
    for address in (MIDDLE, BANK_2):
        place = ("--address", hex(address), "--length", 2 * PAGE, "--port", port)
        said = answer("erase", *place, expect=1)
        assert said["error_code"] == "needs-consent" and said["pages_erased"] == 0, said
        named(said["message"])
        assert flash(port) == BEFORE
    said = answer("erase", *place, "--yes")
    assert said["pages_erased"] == 768, said
    assert flash(port) == BANK_2_BLANK


@tap.case
def asked_on_a_terminal():
    """program: on a terminal, somebody is asked; a no changes nothing, a yes does it"""
    port = full_board("terminal", 768)
    for typed, expect in (("n", 1), ("y", 0)):
        ours, theirs = pty.openpty()
        os.write(ours, f"{typed}\n".encode())
        ended = run("program", NEW_PATH, "--address", hex(MIDDLE), "--port", port, expect=expect, stdin=theirs)
        os.close(ours)
        os.close(theirs)
        assert "Is this what you want? [y/N]" in ended.stderr, ended.stderr
        named(ended.stderr)
        assert flash(port) == (BEFORE if expect else with_new(BANK_2_BLANK, MIDDLE))


tap.run()
