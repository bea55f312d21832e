#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line, end to end, against simulated boards: test-cli.py CLI SIM SOURCE-ROOT."""
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI, SIM, TOP = sys.argv[1:4]
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-cli-")
HERE = pathlib.Path(FOLDER.name)
LIMIT = 240  # seconds, for a run of the program that hangs
random.seed(3155)


def cli(*arguments, expect=0):
    run = subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT)
    assert run.returncode == expect, f"{arguments}: exit {run.returncode}, not {expect}\n{run.stdout}\n{run.stderr}"
    return run


def answer(*arguments, expect=0):
    """What a command says with --json."""
    return json.loads(cli("--json", *arguments, expect=expect).stdout)


def image(name, size, seed=1):
    """A random file: what it holds cannot be guessed, and has no blank blocks."""
    path = HERE / name
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def board(pid, name, more=""):
    """A simulated board whose flash lasts from one command to the next."""
    return f"sim:{pid},state={HERE / name}.flash{more}"


@tap.case
def program_says_all():
    """program: every field of its JSON answer"""
    path = image("a.bin", 40000)
    said = answer("program", path, "--port", board("0x460", "a"))
    assert said["result"] == "ok" and said["error_code"] is None, said
    assert said["device"]["pid"] == "0x460" and said["device"]["flash_kib"] == 128, said
    assert said["bytes_written"] == 40000 and said["bytes_verified"] == 40000, said
    # The board is new, and the file has only half of its last page.
    assert said["pages_erased"] == 1 and said["sectors_blank"] == 19 and said["retries"] == 0, said
    assert said["seconds"] >= said["wire_seconds"] > 2 * 40000 * 11 / 115200 * 0.99, said
    sha256 = subprocess.run(["sha256sum", path], capture_output=True, text=True).stdout.split()[0]
    assert said["sha256"] == sha256, said


@tap.case
def program_says_what_was_blank():
    """program: what was blank and not erased; --rewrite erases it; a board that holds something is erased"""
    path, other = image("b1.bin", 8192, seed=3), image("b2.bin", 8192, seed=4)
    port = board("0x460", "blank")
    said = cli("program", path, "--port", port)
    assert "4 of 4 pages were blank already, and were not erased" in said.stdout, said.stdout
    said = answer("program", other, "--port", port)
    assert said["pages_erased"] == 4 and said["sectors_blank"] == 0 and said["verified"], said
    said = cli("program", path, "--port", board("0x460", "blank-2"), "--rewrite")
    assert "blank" not in said.stdout, said.stdout
    plan = cli("program", path, "--port", port, "--dry-run").stdout
    assert "What looks blank already is written without being erased" in plan, plan
    plan = cli("program", path, "--port", board("0x450", "blank-3"), "--dry-run").stdout
    assert "looks blank" not in plan, plan


@tap.case
def verify_knows():
    """verify: 0 for the same file, 6 for another, and the flash is as it was"""
    same, other = HERE / "a.bin", image("b.bin", 40000, seed=2)
    port = board("0x460", "a")
    assert answer("verify", same, "--port", port)["bytes_verified"] == 40000
    assert answer("verify", other, "--port", port, expect=6)["error_code"] == "verify"
    cli("verify", same, "--port", port)


@tap.case
def read_back_is_equal():
    """read: what comes back is the file, in each format"""
    port = board("0x460", "a")
    for ending in ("bin", "hex", "s37"):
        out = HERE / f"read.{ending}"
        cli("read", out, "--length", "40000", "--port", port)
        if ending != "bin":
            kind = "-intel" if ending == "hex" else "-motorola"
            subprocess.run(["srec_cat", out, kind, "-offset", "-0x08000000", "-o", HERE / "read.bin", "-binary"],
                           check=True)
        assert (HERE / "read.bin").read_bytes() == (HERE / "a.bin").read_bytes(), ending
    whole = HERE / "whole.bin"
    assert answer("read", whole, "--port", port)["bytes_read"] == 128 * 1024
    assert whole.read_bytes()[40000:] == b"\xff" * (128 * 1024 - 40000)


@tap.case
def only_the_plan_is_erased():
    """program: pages that the file does not touch keep what they hold"""
    port = board("0x410", "keep")
    cli("program", image("all.bin", 64 * 1024, seed=3), "--port", port)
    said = answer("program", image("page.bin", 1024, seed=4), "--address", "0x08004000", "--port", port)
    assert said["pages_erased"] == 1, said
    out = HERE / "keep.bin"
    cli("read", out, "--length", "64K", "--port", port)
    wanted = bytearray((HERE / "all.bin").read_bytes())
    wanted[0x4000:0x4400] = (HERE / "page.bin").read_bytes()
    assert out.read_bytes() == wanted


@tap.case
def preserve_keeps_shared_data():
    """program --preserve: what shares a page with the file survives; without it that is said first"""
    port = board("0x410", "keep")
    before = HERE / "keep.bin"
    path = image("few.bin", 100, seed=5)
    plan = answer("program", path, "--address", "0x08006004", "--dry-run", "--port", port)["plan"]
    assert "924" in plan or "lost" in plan, plan
    cli("program", path, "--address", "0x08006004", "--preserve", "--port", port)
    out = HERE / "after.bin"
    cli("read", out, "--length", "64K", "--port", port)
    wanted = bytearray(before.read_bytes())
    wanted[0x6004:0x6004 + 100] = path.read_bytes()
    assert out.read_bytes() == wanted


@tap.case
def dry_run_does_nothing():
    """program --dry-run: says the plan and changes nothing; works without a board too"""
    port = board("0x460", "a")
    said = answer("program", image("c.bin", 5000, seed=6), "--dry-run", "--port", port)
    assert said["pages_to_erase"] == 3 and said["bytes_to_write"] >= 5000, said
    cli("verify", HERE / "a.bin", "--port", port)
    offline = answer("program", HERE / "c.bin", "--dry-run", "--device", "0x460")
    assert offline["pages_to_erase"] == 3, offline


@tap.case
def erase_erases():
    """erase: some pages, then all; a range that is no whole pages is refused"""
    port = board("0x460", "a")
    assert answer("erase", "--address", "0x08000800", "--length", "2K", "--port", port)["pages_erased"] == 1
    out = HERE / "erased.bin"
    cli("read", out, "--length", "40000", "--port", port)
    wanted = bytearray((HERE / "a.bin").read_bytes())
    wanted[0x800:0x1000] = b"\xff" * 0x800
    assert out.read_bytes() == wanted
    assert answer("erase", "--address", "0x08000804", "--length", "2K", "--port", port,
                  expect=1)["error_code"] == "needs-consent"
    assert answer("erase", "--all", "--port", port)["pages_erased"] == 64
    cli("read", out, "--port", port)
    assert out.read_bytes() == b"\xff" * (128 * 1024)


@tap.case
def formats_are_the_same_image():
    """program: bin, hex, S-record of other makers end in the same flash"""
    source = image("f.bin", 3000, seed=7)
    for ending, kind in (("hex", "-intel"), ("s19", "-motorola"), ("s37", "-motorola")):
        path = HERE / f"f.{ending}"
        width = ["--address-length=4"] if ending == "s37" else []
        subprocess.run(["srec_cat", source, "-binary", "-offset", "0x08000000", "-o", path, kind, *width], check=True)
        said = answer("program", path, "--port", board("0x415", f"f-{ending}"))
        assert said["bytes_verified"] == 3000, said
        cli("verify", source, "--port", board("0x415", f"f-{ending}"))


@tap.case
def info_knows_the_chip():
    """info: name, size, version, for the board's chip"""
    said = answer("info", "--port", "sim:0x467,flash=256")
    assert "G0B" in said["device"]["name"] and said["device"]["flash_kib"] == 256, said
    assert said["banks"] == 2 and said["protection"] == "none" and said["uid"], said
    text = cli("info", "--port", "sim:0x467,flash=256").stdout
    assert "0x467" in text and "[OK]" in text and "PA9" in text, text
    assert "0x410" in cli("-p", "sim:0x410", "info").stdout, "options may stand before the command"
    assert "0x410" in cli("--quiet", "-b", "57600", "--port=sim:0x410", "info", "--json").stdout


@tap.case
def exit_codes():
    """exit codes 1 to 8, each with its error code"""
    path = image("e.bin", 1000)
    big = image("big.bin", 129 * 1024)
    bad = HERE / "bad.hex"
    bad.write_text(":10000000000102030405060708090A0B0C0D0E0FFF\n:00000001FF\n")
    assert answer("program", path, expect=1)["error_code"] == "usage"
    assert answer("frobnicate", expect=1)["error_code"] == "usage"
    assert answer("program", path, "--port", "/dev/ttyNONE", expect=2)["error_code"] == "port-missing"
    assert answer("program", path, "--port", "sim:0x460,deaf=1", expect=3)["error_code"] == "no-answer"
    assert answer("program", path, "--port", "sim:0x460,unplug=900", expect=4)["error_code"] == "port-gone"
    assert answer("program", path, "--port", "sim:0x460,rdp=1", expect=5)["error_code"] == "protected"
    assert answer("verify", path, "--port", "sim:0x460", expect=6)["error_code"] == "verify"
    assert answer("program", bad, "--port", "sim:0x460", expect=7)["error_code"] == "format"
    assert answer("program", HERE / "none.bin", "--port", "sim:0x460", expect=7)["error_code"] == "file"
    assert answer("program", big, "--port", "sim:0x460", expect=8)["error_code"] == "range"
    assert cli("program", "--no-such-option", expect=1).stderr


@tap.case
def failures_have_every_field():
    """program --json: a failure, however early, has every field too"""
    path = image("e.bin", 1000)
    fields = {"result", "error_code", "message", "device", "bytes_written", "bytes_verified", "pages_erased", "seconds",
              "wire_seconds", "sha256", "retries", "baud"}
    for arguments, code in ((("program", path), 1), (("program", path, "--port", "sim:0x460,deaf=1"), 3),
                            (("program", path, "--port", "sim:0x460,rdp=1"), 5),
                            (("program", HERE / "none.bin", "--port", "sim:0x460"), 7),
                            (("program", image("big.bin", 129 * 1024), "--port", "sim:0x460"), 8)):
        said = answer(*arguments, expect=code)
        assert fields <= said.keys(), (arguments, fields - said.keys())
        assert said["result"] == "failed" and said["bytes_written"] == 0, said


@tap.case
def silence_is_explained():
    """no answer: what was sent, that no 79 came, and what to check"""
    run = cli("info", "--port", "sim:0x467,boot0=ignored,blank=0", expect=3)
    text = run.stdout + run.stderr
    assert "[KO]" in text and "7F" in text and "79" in text, text
    assert "BOOT0" in text, text


@tap.case
def missing_port_is_named():
    """a port that is not there is called by its name"""
    said = cli("info", "--port", "/dev/ttyNONE", expect=2)
    said = said.stdout + said.stderr
    assert "\nThere is no port /dev/ttyNONE.\n" in said and "We tried to open /dev/ttyNONE for" in said, said
    assert said.count("What it may be") == 1, said  # not in the log, and once more behind it


@tap.case
def cancelled_says_the_state():
    """SIGINT in mid-write: exit 9, and what state the flash is in"""
    process = subprocess.Popen([CLI, "program", str(HERE / "a.bin"), "--port", "sim:0x460,clock=real"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seen = ""
    while "10 %" not in seen and "20 %" not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 9, (process.returncode, out, err)
    assert "State of the board" in err, err


@tap.case
def progress_when_piped():
    """progress: plain lines when piped, JSON lines with --json, nothing with --quiet"""
    path = HERE / "a.bin"
    run = cli("program", path, "--port", "sim:0x460")
    assert "\r" not in run.stderr and "\033" not in run.stderr, run.stderr
    assert "[OK]" in run.stdout and "verified" in run.stdout, run.stdout
    run = cli("--json", "program", path, "--port", "sim:0x460")
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    fractions = [line["fraction"] for line in lines]
    assert fractions == sorted(fractions) and all(0 <= f <= 1 for f in fractions), fractions
    run = cli("--quiet", "program", path, "--port", "sim:0x460")
    assert run.stdout == "" and run.stderr == "", run


@tap.case
def trace_and_decode():
    """--trace, then decode: every exchange is explained"""
    trace = HERE / "session.trace"
    cli("program", image("t.bin", 600), "--trace", trace, "--port", "sim:0x460")
    said = answer("decode", trace)
    titles = " ".join(e["title"] for e in said["exchanges"])
    for word in ("Get", "Get ID", "Write Memory", "Read Memory", "Extended Erase"):
        assert word in titles, (word, titles)
    # A failed connection's trace is saved as well.
    cli("info", "--trace", trace, "--port", "sim:0x460,deaf=1", expect=3)
    assert "7F" in trace.read_text()
    assert answer("decode", trace)["failed_exchanges"] >= 1


@tap.case
def devices_and_check():
    """devices, check: the database and the verdict, without a board"""
    devices = answer("devices")["devices"]
    assert len(devices) >= 80 and len({d["pid"] for d in devices}) == len(devices)
    one = answer("devices", "0x467")["devices"]
    assert len(one) == 1 and one[0]["flash_kib"] == 512 and len(one[0]["layouts"]) >= 3, one
    firmware = f"{TOP}/data/practice/blink-table.hex"
    said = answer("check", firmware, "--device", "0x467")
    assert said["verdict"] == "fits" and said["stack_pointer"] == 0x20001000, said
    assert answer("check", image("huge.bin", 600 * 1024), "--device", "0x467", expect=8)["verdict"] == "refuse"


@tap.case
def ports_are_listed():
    """ports: answers, and lists the practice boards"""
    said = answer("ports")
    assert isinstance(said["ports"], list) and len(said["practice"]) >= 4, said


class Served:
    """flashloader-sim on a pty, for as long as the block lasts."""

    def __init__(self, *arguments):
        self.link = str(HERE / f"tty-{time.monotonic_ns()}")
        self.process = subprocess.Popen([SIM, "--pty", self.link, *arguments], stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        line = self.process.stdout.readline()
        assert line.startswith("ready"), line
        return self.link

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(LIMIT)


@tap.case
def pty_both_clients_agree():
    """a pty: what flashloader-cli wrote, stm32flash reads, and the other way round"""
    path = image("p.bin", 4096, seed=8)
    with Served("--device", "0x410", "--clock", "fast") as link:
        assert answer("program", path, "--port", link)["bytes_verified"] == 4096
        out = HERE / "stm32flash.bin"
        subprocess.run(["stm32flash", "-m", "8n1", "-r", out, "-S", "0x08000000:4096", link], check=True,
                       capture_output=True, timeout=LIMIT)
        assert out.read_bytes() == path.read_bytes()
        other = image("q.bin", 4096, seed=9)
        subprocess.run(["stm32flash", "-m", "8n1", "-w", other, "-v", link], check=True, capture_output=True,
                       timeout=LIMIT)
        cli("verify", other, "--port", link)


@tap.case
def pty_is_exclusive():
    """a pty that somebody else has open: busy, by whom"""
    with Served("--device", "0x460", "--clock", "fast") as link:
        descriptor = os.open(link, os.O_RDWR | os.O_NOCTTY)
        try:
            import fcntl
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            said = answer("info", "--port", link, expect=2)
            assert said["error_code"] == "port-busy", said
            assert re.search(rf"\b{os.getpid()}\b|python", said["message"]), said
        finally:
            os.close(descriptor)
        cli("info", "--port", link)


tap.run()
