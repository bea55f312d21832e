#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line through libserialport: a simulated board behind a USB adapter that does not exist.

test-fake-port.py CLI WITH-UMOCKDEV RUN-WITH-FAKE-PORT SOURCE-ROOT
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI, WITH_UMOCKDEV, RUNNER, TOP = sys.argv[1:5]
PORT = "/dev/ttyUSB0"
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-port-")
HERE = pathlib.Path(FOLDER.name)
IMAGE = HERE / "image.bin"
IMAGE.write_bytes(random.Random(8).randbytes(20000))


def cli(board, *arguments, expect=0):
    run = subprocess.run([WITH_UMOCKDEV, RUNNER, "--board", board, CLI, *map(str, arguments)], capture_output=True,
                         text=True, timeout=240)
    assert run.returncode == expect, f"{arguments}: exit {run.returncode}, not {expect}\n{run.stdout}\n{run.stderr}"
    return run


def answer(board, *arguments, expect=0):
    return json.loads(cli(board, "--json", *arguments, expect=expect).stdout)


@tap.case
def the_adapter_is_listed():
    """ports: name, maker, serial number, VID and PID of the adapter"""
    port = answer("0x460", "ports")["ports"][0]
    assert port["name"] == PORT and port["kind"] == "usb", port
    assert "USB2.0-Serial" in port["title"] and "ttyUSB0" in port["title"], port
    assert port["manufacturer"] == "QinHeng Electronics" and port["serial"] == "FAKE0001", port
    assert (port["vid"], port["pid"]) == (0x1A86, 0x7523), port


@tap.case
def programs_and_reads_back():
    """program, then read: through 8E1 on the wire"""
    state = f"0x467,flash=256,state={HERE}/both"
    run = cli(state, "--json", "program", IMAGE, "--port", PORT)
    assert json.loads(run.stdout)["verified"], run.stdout
    assert "115200-8E1" in run.stderr, run.stderr
    out = HERE / "out.bin"
    cli(state, "read", out, "--length", "20000", "--port", PORT)
    assert out.read_bytes() == IMAGE.read_bytes()


@tap.case
def lines_enter_the_bootloader():
    """an application runs; DTR and RTS bring the board into its bootloader, and without them it is silent"""
    board = "0x460,wired=1,blank=0,talks=1"
    said = answer(board, "info", "--entry", "dtr-rts:rts-boot0-dtr-reset", "--port", PORT)
    assert said["device"]["pid"] == "0x460", said
    assert answer(board, "info", "--port", PORT, expect=3)["error_code"] == "no-answer"


@tap.case
def an_old_script():
    """a script of the old program: it drives the lines in its own order, and the board is called as they stand"""
    board, lines = f"0x460,wired=1,blank=0,state={HERE}/old", "-Dtr --Hi -Rts --Hi -Dtr --Lo".split()
    run = cli(board, "-c", "--pn", PORT, "--br", "115200", *lines, "-i", "-e", "--all", "-d", "--fn", IMAGE, "--v")
    assert "Written and verified: 20000 bytes" in run.stdout and "KO" not in run.stdout, run.stdout
    run = cli(board, "-c", "--pn", PORT, "--to", "1000", "-Rts", "--Lo", "-Dtr", "--Hi", "-Dtr", "--Lo", "-i", expect=3)
    assert "Reset Dtr line" in run.stdout and "no-answer" in run.stdout, run.stdout


@tap.case
def the_wrong_parity_is_explained():
    """8N1 on the wire: the bootloader follows no command, and the explanation names the parity"""
    run = cli("0x460", "info", "--parity", "none", "--port", PORT, expect=4)
    assert "8E1" in run.stderr and "parity" in run.stderr, run.stderr


@tap.case
def unplugged_while_writing():
    """the adapter vanishes in mid-write: an error at once, and what state the flash is in"""
    run = cli("0x460,unplug=15000", "program", IMAGE, "--port", PORT, expect=4)
    assert "unplugged" in run.stderr and "State of the board" in run.stderr, run.stderr
    assert "erased" in run.stderr and "program again" in run.stderr, run.stderr


# $1: CLI, $2: image, $3: where things are written, $4: how to run a program that TIOCEXCL holds for
SHARED = """
$1 --json program "$2" --port /dev/ttyUSB0 >"$3/first.json" 2>"$3/first.log" &
first=$!
until grep -q '"stage": *"write"' "$3/first.log"; do
  kill -0 $first || exit 99
  sleep 0.02
done
$1 --json info --port /dev/ttyUSB0 >"$3/second.json"
echo "$? $first" >"$3/second"
$4 $1 --json info --port /dev/ttyUSB0 >"$3/third.json"
echo "$? $first" >"$3/third"
$4 sh -c '(: </dev/ttyUSB0) 2>"$1/unlocked"' sh "$3" && exit 98
kill -0 $first || exit 97
wait $first
"""


@tap.case
def two_on_one_port():
    """a second program is told who has the adapter; one that knows no locks cannot open it; the first goes on"""
    # The kernel lets root in all the same, but for the right to do so.
    held = ["setpriv", "--bounding-set", "-sys_admin"] if os.getuid() == 0 else []
    image = HERE / "long.bin"  # some nine seconds, for the others to come in between
    image.write_bytes(IMAGE.read_bytes() * 2)
    run = subprocess.run([WITH_UMOCKDEV, RUNNER, "--board", "0x467,flash=256", "sh", "-c", SHARED, "sh", CLI, image,
                          HERE, " ".join(held)], capture_output=True, text=True, timeout=240)
    log = (HERE / "first.log").read_text()
    assert run.returncode == 0, f"exit {run.returncode}\n{run.stderr}\n{log}"
    first = json.loads((HERE / "first.json").read_text())
    assert first["result"] == "ok" and first["verified"] and first["retries"] == 0, first
    for name in "second", "third":
        status, process = (HERE / name).read_text().split()
        said = json.loads((HERE / f"{name}.json").read_text())
        assert status == "2" and said["error_code"] == "port-busy", said
        assert "flashloader-cli" in said["message"] and process in said["message"], said
    assert "busy" in (HERE / "unlocked").read_text(), (HERE / "unlocked").read_text()
    # Nobody has touched the lines but the one who had the port.
    assert run.stderr.count("open") == 1 and run.stderr.count("close") <= 1, run.stderr


@tap.case
def another_port_is_missing():
    """a port that is not there: the message names those that are"""
    said = answer("0x460", "info", "--port", "/dev/ttyUSB7", expect=2)
    assert said["error_code"] == "port-missing" and "ttyUSB0" in said["message"], said


tap.run()
