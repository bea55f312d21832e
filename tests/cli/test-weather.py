#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rough weather: full disks, files that change, ports that are shared: test-weather.py CLI SIM."""
import json
import os
import pathlib
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI, SIM = sys.argv[1:3]
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-weather-")
HERE = pathlib.Path(FOLDER.name)
LIMIT = 120  # seconds, for a run of the program that hangs
KIB = 1024
SLEEP = 6  # seconds: longer than a page may take to be erased, and any answer to come


def run(command, expect, **more):
    ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, **more)
    assert ran.returncode == expect, f"{command}: exit {ran.returncode}, not {expect}\n{ran.stdout}\n{ran.stderr}"
    return ran


def cli(*arguments, expect=0, **more):
    return run([CLI, *map(str, arguments)], expect, **more)


def image(name, size, seed=1):
    path = HERE / name
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def new_folder(name):
    path = HERE / name
    path.mkdir()
    return path


def board(name):
    """A simulated board whose flash lasts from one command to the next."""
    return f"sim:0x460,state={HERE / name}.flash"


def small_files():
    """For a child: no file beyond 4 KiB, as on a full disk, but half way."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * KIB, 4 * KIB))


def every_writer(out, tools):
    """All commands that write a file for the user, each with what it needs: to OUT."""
    port = "sim:0x440"
    return [
        ("read", out, "--length", "8K", "--port", port),
        ("options", "--save", out, "--port", port),
        ("report", out, "--port", port),
        ("info", "--trace", out, "--port", port),
        ("map", tools["map"], "--save", out),
    ]


def make_tools():
    """A map file as the old program has them: two pages."""
    path = HERE / "chip.STmap"
    lines = ["[Product]", "Name = A chip", "PID = 07FF", "FlashSize = 4", "PacketSize = FF", "ACKVAL = 79",
             "MAPNAME = Pages", "PagesPerSector = 2", "family = 7;"]
    for page in range(2):
        lines += ["", f"[Page{page}]", "Name = ;;", f"Index={page:02X}", f"Address={0x08000000 + page * 2048:08X}",
                  "Size=00000800", "Type=111", "UFO=111"]
    path.write_text("\n".join(lines) + "\n")
    return {"map": path}


@tap.case
def a_folder_is_no_file():
    """every command that writes a file says so of a folder, and exits with 7"""
    folder = new_folder("folder")
    for command in every_writer(folder, make_tools()):
        said = cli(*command, expect=7).stderr
        assert "That is a folder" in said or "that is a folder" in said, (command, said)
        assert str(folder) in said, (command, said)
        assert not list(folder.iterdir()), command


@tap.case
def a_link_stays_one():
    """every command writes behind a link, and leaves nothing beside the file"""
    folder = new_folder("links")
    target, link = folder / "target", folder / "link"
    link.symlink_to(target)
    for command in every_writer(link, make_tools()):
        target.write_bytes(b"old")
        cli(*command)
        assert link.is_symlink() and target.read_bytes() != b"old", command
        assert sorted(path.name for path in folder.iterdir()) == ["link", "target"], command


@tap.case
def no_room_half_way():
    """read: a disk that fills while the file is written: the old file is whole, and nothing else is left"""
    folder, rescue = new_folder("cut"), new_folder("rescue")
    out = folder / "out.bin"
    out.write_bytes(b"old")
    said = cli("read", out, "--length", "8K", "--port", board("cut"), expect=7, preexec_fn=small_files,
               env=os.environ | {"TMPDIR": str(rescue)}).stderr
    assert "as it was" in said and str(out) in said, said
    assert out.read_bytes() == b"old" and len(list(folder.iterdir())) == 1, list(folder.iterdir())
    assert not list(rescue.iterdir()), list(rescue.iterdir())  # no room there either


def on_small_disk(options, disk, *command, expect, **more):
    """Runs a command with a small disk on the folder, that has a file out.bin; says also what is on it afterwards."""
    script = ('mount -t tmpfs -o "$1" none "$2" && printf old > "$2/out.bin" || exit 99; disk=$2; shift 2; "$@"; '
              'code=$?; cat "$disk/out.bin"; ls -A "$disk"; exit $code')
    return run(["unshare", "-rm", "sh", "-c", script, "sh", options, disk, *map(str, command)], expect, **more)


@tap.case
def no_room():
    """read: a disk that is too small is found before the first byte is read, and the old file stays"""
    disk, trace = new_folder("disk"), HERE / "room.trace"
    said = on_small_disk("size=64k", disk, CLI, "read", disk / "out.bin", "--port", board("room"), "--trace", trace,
                         expect=7)
    assert "There is no room" in said.stderr and re.search(r"128\.0\sKiB", said.stderr), said.stderr
    assert said.stdout.rstrip().endswith("oldout.bin"), said.stdout
    connected = HERE / "connected.trace"
    cli("info", "--port", board("room"), "--trace", connected)
    assert trace.read_text().count("\n") <= connected.read_text().count("\n") + 5, "it read all the same"


@tap.case
def no_room_after_all():
    """read: a disk that cannot take it although it has room: what was read is elsewhere, and the message says where"""
    disk, rescue = new_folder("filled"), new_folder("elsewhere")
    port = board("after-all")
    cli("program", image("after-all.bin", 8 * KIB), "--port", port)
    said = on_small_disk("size=64k,nr_inodes=2", disk, CLI, "read", disk / "out.bin", "--length", "8K", "--port", port,
                         expect=7, env=os.environ | {"TMPDIR": str(rescue)})
    kept = list(rescue.rglob("out.bin"))
    assert len(kept) == 1 and str(kept[0]) in said.stderr, (kept, said.stderr)
    assert kept[0].read_bytes() == (HERE / "after-all.bin").read_bytes()
    assert kept[0].parent.stat().st_mode & 0o077 == 0, "somebody's firmware lies open"
    assert said.stdout.rstrip().endswith("oldout.bin"), said.stdout


class Programming:
    """A board in real time that is being programmed, by a process that has come to writing."""

    def __init__(self, port, path, *options):
        self.process = subprocess.Popen([CLI, "--json", "program", path, "--port", port, *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = []

    def wait_for(self, stage):
        for line in self.process.stderr:
            self.lines.append(json.loads(line))
            if self.lines[-1].get("stage") == stage:
                return
        raise AssertionError(f"it never came to {stage}: {self.lines[-3:]}, {self.process.stdout.read()}")

    def end(self, expect=0):
        out, errors = self.process.communicate(timeout=LIMIT)
        assert self.process.returncode == expect, f"exit {self.process.returncode}, not {expect}\n{out}\n{errors}"
        return json.loads(out)


@tap.case
def the_file_changes():
    """program: a file that another takes the place of meanwhile: the board gets the first one, and that is said"""
    path = image("changing.bin", 8 * KIB)
    first = path.read_bytes()
    port = board("changing")
    job = Programming(port + ",clock=real", path)
    job.wait_for("write")
    image("changing.bin", 8 * KIB, seed=2)
    said = job.end()
    assert said["result"] == "ok" and said["verified"], said
    assert "has changed on disk" in said["file_note"] and said["sha256"] in said["file_note"], said
    path.write_bytes(first)
    again = json.loads(cli("--json", "verify", path, "--port", port).stdout)
    assert again["file_note"] is None and again["sha256"] == said["sha256"], again


@tap.case
def the_file_vanishes():
    """program: a file that is deleted meanwhile is in the board all the same, and that is said"""
    path = image("vanishing.bin", 4 * KIB)
    job = Programming(board("vanishing") + ",clock=real", path)
    job.wait_for("write")
    path.unlink()
    said = job.end()
    assert said["result"] == "ok" and "no longer on disk" in said["file_note"], said


@tap.case
def no_file_changes():
    """program: a file that stays as it is is not remarked on"""
    said = json.loads(cli("--json", "program", image("same.bin", 4 * KIB), "--port", board("same")).stdout)
    assert said["result"] == "ok" and said["file_note"] is None, said


def sent_bytes(trace):
    """What a saved trace says was sent; a long record has further lines that begin with +."""
    sent, going_out = [], False
    for line in trace.read_text().splitlines()[1:]:
        words = line.split()
        kind, data = (words[0], words[1:]) if words[0] == "+" else (words[1], words[2:])
        going_out = kind == ">" or (kind == "+" and going_out)
        if going_out:
            sent += data
    return sent


class Served:
    """A board on a pty, as slow as a line; every byte that it gets and gives is kept."""

    def __init__(self, name):
        self.link = str(HERE / f"{name}.port")
        self.log = HERE / f"{name}.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([SIM, "--pty", self.link, "--device", "0x460", "--trace"],
                                            stdout=subprocess.PIPE, stderr=log, text=True)

    def heard(self):
        """Every byte that came to the board; and what else happened to it, without the times."""
        lines = [line.split() for line in self.log.read_text().splitlines()]
        return [line[2] for line in lines if line[1] == ">"], [line[1:] for line in lines if line[1] not in "<>"]

    def __enter__(self):
        assert self.process.stdout.readline().startswith("ready")
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(LIMIT)


@tap.case
def two_on_one_port():
    """a second program is told who has the port, and the first one's job does not notice"""
    trace = HERE / "shared.trace"
    with Served("shared") as board_:
        job = Programming(board_.link, image("shared.bin", 16 * KIB), "--parity", "none", "--trace", trace)
        job.wait_for("write")
        for _ in range(3):
            said = json.loads(cli("--json", "info", "--port", board_.link, "--parity", "none", expect=2).stdout)
            assert said["error_code"] == "port-busy", said
            assert "flashloader-cli" in said["message"] and str(job.process.pid) in said["message"], said
            assert job.process.poll() is None, "the first one has ended already"
        said = job.end()
        assert said["result"] == "ok" and said["verified"] and said["retries"] == 0, said
    # Nobody else's bytes came to the board, and nobody has reset it; that none of its own were taken, the retries say.
    sent = sent_bytes(trace)
    heard, events = board_.heard()
    assert heard == sent, (len(heard), len(sent))
    with Served("alone") as undisturbed:
        Programming(undisturbed.link, HERE / "shared.bin", "--parity", "none").end()
    assert events == undisturbed.heard()[1], events


@tap.case
def suspended():
    """program: a process that sleeps for longer than any answer may take goes on with what has come meanwhile"""
    with Served("sleeping") as board_:
        job = Programming(board_.link, image("sleeping.bin", 12 * KIB), "--parity", "none")
        for stage in ("write", "verify"):
            job.wait_for(stage)
            time.sleep(0.3)
            job.process.send_signal(signal.SIGSTOP)
            time.sleep(SLEEP)
            job.process.send_signal(signal.SIGCONT)
        said = job.end()
    assert said["result"] == "ok" and said["verified"] and said["retries"] == 0, said


if __name__ == "__main__":
    tap.run()
