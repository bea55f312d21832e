#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Map files and chips that are not known, on the command line, against simulated boards: test-map.py CLI."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-map-")
HERE = pathlib.Path(FOLDER.name)
LIMIT = 240  # seconds, for a run of the program that hangs
UNKNOWN = "sim:0x467,flash=128,pid=0x7FF"


def cli(*arguments, expect=0):
    run = subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT)
    assert run.returncode == expect, f"{arguments}: exit {run.returncode}, not {expect}\n{run.stdout}\n{run.stderr}"
    return run


def answer(*arguments, expect=0):
    return json.loads(cli("--json", *arguments, expect=expect).stdout)


def warnings(run):
    """The warnings among the JSON lines on standard error."""
    return [line["warning"] for line in map(json.loads, run.stderr.splitlines()) if "warning" in line]


def map_file(name, pid, pages=64, size=2048, more=""):
    """A map file as the old program has them: pages of one size from 0x08000000 on."""
    lines = [";; a map", "[Product]", f"Name = {name}", f"PID = {pid:04X} ;", f"FlashSize = {pages * size // 1024:04X}",
             "RAMSize = 0024", "PacketSize = FF", "ACKVAL = 79", "MAPNAME = Pages", "PagesPerSector = 2", "family = 7;"]
    for page in range(pages):
        lines += ["", f"[Page{page}]", "Name = ;;", f"Index={page:02X}", f"Address={0x08000000 + page * size:08X}",
                  f"Size={size:08X}", "Type=111", "UFO=111"]
    path = HERE / f"{name}.STmap"
    path.write_text("\r\n".join(lines) + "\r\n" + more, newline="")
    return path


def image(name, size):
    path = HERE / name
    path.write_bytes(random.Random(size).randbytes(size))
    return path


def board(name):
    """A board with an ID that nobody knows, whose flash lasts from one command to the next."""
    return f"{UNKNOWN},state={HERE / name}.board"


@tap.case
def shown():
    """map: what it says, in short and as JSON"""
    option = "[OptBytes]\r\nAddress=1FFFF800\r\nSize=10\r\nType=101\r\n"
    path = map_file("STM32F0_128K", 0x448, more=option)
    text = cli("map", path).stdout
    for part in ("STM32F0_128K", "0x448", "128 KiB", "64 pages of 2 KiB from 0x08000000, erase codes 0–63",
                 "OptBytes: 16 bytes at 0x1FFFF800, not flash", "not needed"):
        assert part in text, text
    said = answer("map", path)
    shape = said["map"]
    assert shape["name"] == "STM32F0_128K" and shape["pid"] == "0x448" and shape["flash_kib"] == 128, shape
    assert shape["ram_kib"] == 36 and shape["packet_size"] == 255 and len(shape["areas"]) == 65, shape
    assert shape["areas"][63] == {"name": "Page63", "index": 63, "address": 0x0801F800, "size": 2048, "type": "111",
                                  "kind": "flash"}, shape
    assert shape["areas"][64]["type"] == "101" and shape["areas"][64]["kind"] == "option", shape
    assert said["comparison"]["verdict"] == "not-needed" and "OptBytes" in said["comparison"]["text"][-1], said


@tap.case
def compared():
    """map: beside the database, and beside the chip on the port"""
    known = map_file("known", 0x448)
    for path, port, verdict, part in (
            (map_file("unknown", 0x7FF), None, "usable", "0x7FF is not known"),
            (map_file("small-pages", 0x448, 128, 1024), None, "differs", "2048 bytes, erase code 0"),
            (known, "sim:0x448,flash=128", "not-needed", "not needed"),
            (known, "sim:0x448,flash=64", "differs", "this chip has 64 KiB"),
            (known, "sim:0x467", "other-chip", "would be wrong here"),
            (known, UNKNOWN, "other-chip", "0x7FF"),
            (map_file("right", 0x7FF), UNKNOWN, "usable", "0x7FF is not known")):
        said = answer("map", path, *(["--port", port] if port else []))
        assert said["comparison"]["verdict"] == verdict, said["comparison"]
        assert part in " ".join(said["comparison"]["text"]), said["comparison"]
        assert ("device" in said) == (port is not None), said


@tap.case
def wrong_maps():
    """map: what is wrong is named with its line, and nothing is sent"""
    bad = HERE / "bad.STmap"
    bad.write_text("[Product]\nPID=0410\n[Page0]\nAddress=08OO0000\nSize=400\n")
    for arguments in (("map", bad), ("info", "--map", bad, "--port", UNKNOWN)):
        said = answer(*arguments, expect=7)
        assert said["error_code"] == "format" and "bad.STmap, line 4" in said["message"], said
    bad.write_text("[Product]\nfamily=3;\n[SEC0]\nAddress=8000\nSize=400\n")
    assert answer("map", bad)["comparison"]["verdict"] == "foreign"
    said = answer("info", "--map", bad, "--port", UNKNOWN, expect=5)
    assert said["error_code"] == "unsupported" and "STM8" in said["message"], said
    assert answer("map", HERE / "none.STmap", expect=7)["error_code"] == "file"
    assert answer("info", "--geometry", "64x2K", "--port", UNKNOWN, expect=1)["error_code"] == "usage"
    assert answer("info", "--geometry", "0x08000000:64x2K", "--map", map_file("both", 0x7FF), "--port", UNKNOWN,
                  expect=1)["error_code"] == "usage"


@tap.case
def saved():
    """map --save: the same map, in the form of the old program"""
    path, out = map_file("saved", 0x7FF), HERE / "again.STmap"
    first = answer("map", path, "--save", out)
    text = out.read_bytes()
    assert b";" not in text and text.count(b"\n") == text.count(b"\r\n") > 64 * 6, text[:200]
    assert answer("map", out)["map"] == first["map"]


@tap.case
def unknown_chip_says_what_to_do():
    """an unknown chip without a map: it is said what can be done, and nothing is changed"""
    path = image("a.bin", 1000)
    for arguments in (("program", path), ("erase", "--all"), ("start",), ("read", HERE / "all.bin")):
        said = answer(*arguments, "--port", UNKNOWN, expect=8)
        assert said["error_code"] == "unknown-device", said
        for part in ("--map", "--geometry", "--length"):
            assert part in said["message"], said
    text = cli("info", "--port", UNKNOWN).stdout
    assert "unknown chip (PID 0x7FF)" in text and "--map" in text and "--geometry" in text, text
    said = answer("info", "--port", UNKNOWN)
    assert said["device"]["declared"] is None, said
    out = HERE / "part.bin"
    cli("read", out, "--address", "0x08000000", "--length", "1K", "--port", UNKNOWN)
    assert out.read_bytes() == b"\xff" * 1024


@tap.case
def unknown_chip_with_a_map():
    """--map, --geometry: an unknown chip is programmed, verified, read and erased, behind a warning"""
    path = image("b.bin", 30001)
    for name, declared in (("map", ("--map", map_file("own", 0x7FF))), ("geometry", ("--geometry", "0x8000000:64x2K"))):
        port = board(name)
        run = cli("--json", "program", path, *declared, "--port", port)
        said = json.loads(run.stdout)
        assert said["bytes_verified"] == 30001 and said["pages_erased"] == 15 and said["verified"], said
        assert said["device"]["pid"] == "0x7FF" and "as declared by" in said["device"]["name"], said
        assert said["device"]["declared"] == ("own.STmap" if name == "map" else "0x8000000:64x2K"), said
        assert len(warnings(run)) == 1 and "nothing of it was checked" in warnings(run)[0], run.stderr
        cli("verify", path, *declared, "--port", port)
        out = HERE / f"{name}.bin"
        cli("read", out, *declared, "--port", port)
        assert out.read_bytes() == path.read_bytes() + b"\xff" * (128 * 1024 - 30001)
        said = answer("erase", "--address", "0x08000800", "--length", "2K", *declared, "--port", port)
        assert said["pages_erased"] == 1, said
        assert answer("verify", path, *declared, "--port", port, expect=6)["error_code"] == "verify"
        assert answer("erase", "--all", *declared, "--port", port)["pages_erased"] == 64
        run = cli("info", *declared, "--port", port)
        assert "not checked" in run.stdout and run.stderr.startswith("Warning: "), run
        assert cli("--quiet", "info", *declared, "--port", port).stderr == ""


@tap.case
def known_chip_with_a_map():
    """--map, --geometry: a chip that is known goes by what is known, and that is said"""
    path = image("c.bin", 5000)
    for declared, part in ((("--map", map_file("f0", 0x448)), "would be wrong here"),
                           (("--geometry", "0x08000000:8x16K"), "is known (STM32G0B0")):
        run = cli("--json", "program", path, *declared, "--port", "sim:0x467,flash=128")
        said = json.loads(run.stdout)
        assert said["pages_erased"] + said["sectors_blank"] == 3 and said["device"]["declared"] is None, said
        assert len(warnings(run)) == 1 and part in warnings(run)[0], run.stderr


@tap.case
def map_for_another_chip():
    """--map for another chip: not used for one that is not known either"""
    path = image("d.bin", 1000)
    run = cli("--json", "program", path, "--map", map_file("else", 0x7FE), "--port", UNKNOWN, expect=8)
    assert json.loads(run.stdout)["error_code"] == "unknown-device"
    assert "was not used" in warnings(run)[0] and "0x7FE" in warnings(run)[0], run.stderr


@tap.case
def dry_run_without_a_board():
    """program --dry-run --device: also for a chip that is declared"""
    path = image("e.bin", 5000)
    said = answer("program", path, "--dry-run", "--device", "0x7FF", "--geometry", "0x08000000:64x1K")
    assert said["pages_to_erase"] == 5 and "unknown chip (PID 0x7FF)" in said["device"]["name"], said
    assert answer("program", path, "--dry-run", "--device", "0x7FF", expect=8)["error_code"] == "unknown-device"


@tap.case
def option_bytes_are_refused():
    """options, protect: never on a chip that is only declared"""
    declared = ("--map", map_file("opt", 0x7FF), "--port", UNKNOWN)
    for arguments in (("options",), ("options", "--set", "nBOOT_SEL=0", "--yes"), ("protect", "read", "--yes"),
                      ("protect", "write", "--pages", "0", "--yes"), ("unprotect", "write", "--yes")):
        said = answer(*arguments, *declared, expect=8)
        assert said["error_code"] == "unknown-device", (arguments, said)


tap.run()
