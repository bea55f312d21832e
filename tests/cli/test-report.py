#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports, and what somebody else makes of them, on the command line: test-report.py CLI SOURCE."""
import getpass
import json
import pathlib
import random
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-report-")
HERE = pathlib.Path(FOLDER.name)
SCENARIOS = SOURCE / "tests" / "data" / "scenarios"
LIMIT = 240  # seconds, for a run of the program that hangs


def answer(*arguments, expect=0):
    run = subprocess.run([CLI, "--json", *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT)
    assert run.returncode == expect, f"{arguments}: exit {run.returncode}, not {expect}\n{run.stdout}\n{run.stderr}"
    return json.loads(run.stdout)


def report(name, *arguments):
    """Writes a report, and reads it."""
    path = HERE / f"{name}.flreport"
    said = answer("report", path, *arguments)
    text = path.read_text(encoding="utf-8")
    return path, said, json.loads(text), text


def log(name, text):
    path = HERE / name
    path.write_text(text, encoding="utf-8")
    return path


def first(said):
    return said["causes"][0]["code"] if said["causes"] else None


@tap.case
def healthy():
    """a board that answers: device, facts, trace"""
    path, said, content, text = report("healthy", "--port", "sim:0x467,flash=256")
    assert said["connected"] and said["connect_error"] is None
    assert content["device"]["pid"] == "0x467" and content["device"]["flash_kib"] == 256
    assert content["facts"]["id.pid"] == "0x467" and content["facts"]["sync.kind"] == "fresh"
    assert content["result"]["ok"] and content["flashloader_report"] == 1
    assert answer("decode", path)["kind"] == "report"


@tap.case
def failing():
    """a board that does not: the report has what a diagnosis found, and decode says the same again"""
    for scenario, code in (("no-parity-adapter", "ADAPTER_NO_PARITY"), ("port-busy", "PORT_BUSY"), ("echo", "ECHO_OR_HALF_DUPLEX")):
        path, said, content, text = report(scenario, "--port", f"sim:{SCENARIOS / scenario}.json")
        assert first(content["diagnosis"]) == code, (scenario, content["diagnosis"]["causes"])
        again = answer("decode", path)
        assert first(again) == code and again["causes"][0]["certain"] == content["diagnosis"]["causes"][0]["certain"]
        assert said["connected"] == content["result"]["ok"]


@tap.case
def without_port():
    """without a port there is still the computer"""
    path, said, content, text = report("computer")
    assert not said["connected"] and content["system"]["kind"] in ("posix", "windows")
    assert "connection" not in content and "device" not in content
    assert answer("decode", path)["exchanges"] == []


@tap.case
def no_secrets():
    """no user, no folder, no computer, no unique number, no firmware"""
    folder = HERE / "secret-customer"
    folder.mkdir()
    firmware = folder / "firmware.bin"
    firmware.write_bytes(random.Random(5).randbytes(3000))
    state = f"sim:0x467,flash=64,state={folder / 'board'}"
    answer("program", firmware, "--port", state)
    uid = answer("info", "--port", state)["uid"]
    path, said, content, text = report("secret", "--port", state)
    pairs = " ".join(uid[i:i + 2] for i in range(0, 16, 2)).upper()
    assert uid not in text and pairs not in text, "the chip's unique number"
    home = str(pathlib.Path.home())
    assert home == "/" or home not in text, "the user's folder"
    for name, words in (("user", getpass.getuser()), ("computer", socket.gethostname())):
        in_words = [line for line in content["text"] + content["log"] if f" {words} " in f" {line} "]
        assert len(words) < 3 or not in_words, (name, in_words)
    start = firmware.read_bytes()[:8].hex(" ").upper()
    assert start not in text, "the firmware"


@tap.case
def unwritable():
    """a report that cannot be written is an error"""
    said = answer("report", HERE / "no" / "such" / "folder.flreport", "--port", "sim:0x410", expect=7)
    assert said["result"] == "failed"


@tap.case
def usage():
    """a wrong option is told, and no report is made of it"""
    answer("report", HERE / "usage.flreport", "--port", "sim:nonsense", "--entry", "dtr-rts:nothing", expect=1)
    assert not (HERE / "usage.flreport").exists()


FOREIGN = {
    "length": ("> 7F\n< 79\n> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n> 04 11 22 33 44 40\n", "HOST_FRAMING_BUG", "length"),
    "ff-ff": ("TX: 7F\nRX: 79\nTX: 43 BC\nRX: 79\nTX: FF FF\nRX: 1F\n", "HOST_FRAMING_BUG", "ff-not-00"),
    "two-checksums": ("> 7F\n< 79\n> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n> 03 11 22 33 44 47 47\n< 79\n", "HOST_FRAMING_BUG",
                      "two-checksums"),
    "second-7f": ("> 7F\n< 79\n> 7F\n> 7F\n< 1F\n", "HOST_FRAMING_BUG", "second-7f"),
    "parity": ("> 7F\n< 79\n> 00 FF\n> 00 FF\n< 1F\n> 00 FF\n> 00 FF\n< 1F\n", "ADAPTER_NO_PARITY", None),
    "protected": ("> 7F\n< 79\n> 02 FD\n< 79 01 04 13 79\n> 11 EE\n< 1F\n", "RDP_ACTIVE", None),
    "already": ("> 7F\n> 7F\n< 1F\n> 02 FD\n< 79 01 04 10 79\n", "ALREADY_SYNCED", None),
}


@tap.case
def foreign():
    """a pasted log of another program: the cause, and the host's mistake by name"""
    for name, (text, code, mistake) in FOREIGN.items():
        said = answer("decode", log(f"{name}.txt", text))
        assert said["kind"] == "log" and first(said) == code, (name, said["causes"])
        got = said["facts"].get("host.mistakes")
        assert (mistake is None) == (got is None) and (mistake is None or got.split()[0] == mistake), (name, got)


@tap.case
def own_trace():
    """a trace of this program: what was seen, and no mistakes of a host"""
    trace = HERE / "own.trace"
    answer("info", "--port", f"sim:{SCENARIOS / 'readout-protected.json'}", "--trace", trace)
    said = answer("decode", trace)
    assert said["kind"] == "trace" and first(said) == "RDP_ACTIVE", said["causes"]
    assert "host.mistakes" not in said["facts"]


@tap.case
def damaged():
    """what is no report, or half of one, is told"""
    for name, text in (("half", '{"flashloader_report": 1, "tr'), ("other", '{"a": 1}'), ("newer", '{"flashloader_report": 9}'),
                       ("empty", "")):
        said = answer("decode", log(name, text), expect=7)
        assert said["error_code"] == "format", said


@tap.case
def loopback():
    """the adapter's test of itself"""
    said = answer("loopback", "--port", f"sim:{SCENARIOS / 'bridged-adapter.json'}")
    assert said["loopback"] == "ok" and [run["baud"] for run in said["runs"]] == [9600, 115200]
    assert all(run["received"] == 1024 and run["changed"] == 0 for run in said["runs"])
    said = answer("loopback", "--port", f"sim:{SCENARIOS / 'silent.json'}", expect=4)
    assert said["loopback"] == "none"


tap.run()
