#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated board served on a pty: its pace, its clients, its end. test-sim-server.py SIM.

Times are those that the server itself puts before each byte of its trace; nothing here looks at a clock of its own.
"""
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
import tty

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

SIM = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-sim-")
LIMIT = 120  # seconds, for a busy machine; nothing waits for them
BLOCK = 256
READ_256 = [(b"\x11\xee", 1), (b"\x08\0\0\0\x08", 1), (b"\xff\0", 1 + BLOCK)]


class Board:
    """A served board; killed at the end of the with block if it has not ended by itself."""

    def __init__(self, *words):
        self.link = os.path.join(FOLDER.name, "board")
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([SIM, "--pty", self.link, "--device", "0x460", "--trace", *words],
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True)

    def __enter__(self):
        ready, _, _ = select.select([self.process.stdout], [], [], LIMIT)
        line = self.process.stdout.readline() if ready else ""
        assert line == f"ready {self.link}\n", line
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def end(self, number=None):
        """Its exit status, after a signal if @number is given."""
        if number is not None:
            self.process.send_signal(number)
        return self.process.wait(LIMIT)

    def trace(self):
        """(seconds, direction, byte) of every byte so far."""
        self.errors.seek(0)
        return [(float(at), way, int(byte, 16))
                for at, way, byte in re.findall(r"^ *([0-9.]+) ([<>]) ([0-9A-F]{2})$", self.errors.read(), re.M)]


class Client:
    """Somebody who has the port open."""

    def __init__(self, board, speed=termios.B115200):
        self.file = os.open(board.link, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.file)
        settings = termios.tcgetattr(self.file)
        settings[4] = settings[5] = speed
        termios.tcsetattr(self.file, termios.TCSANOW, settings)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.file)

    def ask(self, data, length):
        """Sends @data; the @length bytes that come back, or fewer when nothing more comes."""
        os.write(self.file, data)
        answer = b""
        while len(answer) < length and select.select([self.file], [], [], LIMIT)[0]:
            answer += os.read(self.file, length - len(answer))
        return answer


def read_block(client):
    assert client.ask(b"\x7f", 1) == b"\x79"
    for data, length in READ_256:
        assert len(client.ask(data, length)) == length
    return BLOCK


def block_seconds(speed, *words):
    """What passes between the first and the last byte of a block that the chip sends."""
    with Board(*words) as board, Client(board, speed) as client:
        read_block(client)
        answers = [at for at, way, _ in board.trace() if way == "<"]
        return answers[-1] - answers[-BLOCK]


@tap.case
def pace():
    """bytes come at the pace of the line's rate"""
    slow = block_seconds(termios.B1200)
    fast = block_seconds(termios.B57600)
    print(f"# 256 bytes: {slow:.3f} s at 1200 baud, {fast:.3f} s at 57600", flush=True)
    # 11 bits a byte; the first byte's own time is over when it is seen, and a busy machine may see it late.
    assert slow > 0.8 * (BLOCK - 2) * 11 / 1200, slow
    assert slow > 3 * fast, (slow, fast)


@tap.case
def pace_given():
    """--baud sets the pace, whatever the client sets"""
    with Board("--clock", "fast", "--baud", "300") as board, Client(board) as client:
        read_block(client)
        answers = [at for at, way, _ in board.trace() if way == "<"]
    assert answers[-1] - answers[-BLOCK] > 0.8 * (BLOCK - 2) * 11 / 300, answers


@tap.case
def latency():
    """--latency-ms makes answers late"""
    def delay(*words):
        with Board(*words) as board, Client(board) as client:
            assert client.ask(b"\x7f", 1) == b"\x79"
            (sent, _, _), (received, _, _) = board.trace()
            return received - sent
    late = delay("--latency-ms", "900")
    prompt = delay()
    print(f"# {late:.3f} s with a latency of 0.9 s, {prompt:.3f} s without", flush=True)
    assert late >= 0.9, late
    assert late > 2 * prompt, (late, prompt)


@tap.case
def ends_on_sigterm():
    """SIGTERM and SIGINT end it, and take the link away"""
    for number in (signal.SIGTERM, signal.SIGINT):
        with Board() as board, Client(board) as client:
            assert client.ask(b"\x7f", 1) == b"\x79"
            assert board.end(number) == 0
            assert not os.path.lexists(board.link)


@tap.case
def second_client():
    """each client finds a board that was just reset"""
    with Board() as board:
        for _ in range(20):
            with Client(board) as client:
                # A bootloader that is synchronised already would take this for half of a command, and wait.
                assert client.ask(b"\x7f", 1) == b"\x79"


@tap.case
def flash_lasts():
    """a reset does not touch the flash"""
    with Board() as board:
        with Client(board) as client:
            assert client.ask(b"\x7f", 1) == b"\x79"
            assert client.ask(b"\x31\xce", 1) == b"\x79"
            assert client.ask(b"\x08\0\0\0\x08", 1) == b"\x79"
            assert client.ask(b"\x07\1\2\3\4\5\6\7\x08\x0f", 1) == b"\x79"
        with Client(board) as client:
            assert client.ask(b"\x7f", 1) == b"\x79"
            for data, length in READ_256[:2]:
                assert client.ask(data, length) == b"\x79"
            assert client.ask(b"\xff\0", 1 + BLOCK)[:9] == b"\x79\1\2\3\4\5\6\7\x08"


@tap.case
def once():
    """--once: ends with its first client, and takes the link away"""
    with Board("--once") as board:
        with Client(board) as client:
            assert client.ask(b"\x7f", 1) == b"\x79"
        assert board.end() == 0
        assert not os.path.lexists(board.link)


@tap.case
def unplugged():
    """--unplug: ends when the adapter vanishes"""
    with Board("--unplug", "2") as board, Client(board) as client:
        assert client.ask(b"\x7f", 1) == b"\x79"
        os.write(client.file, b"\x02\xfd")
        assert board.end() == 0
        assert not os.path.lexists(board.link)


@tap.case
def other_end():
    """--port: whoever synchronises after a second of silence finds a board that was just reset; before, one that was not"""
    master, slave = os.openpty()
    tty.setraw(slave)
    port = os.ttyname(slave)
    os.close(slave)
    process = subprocess.Popen([SIM, "--port", port, "--device", "0x460"], stdout=subprocess.PIPE, text=True)

    def ask(data, length, limit=LIMIT):
        os.write(master, data)
        answer = b""
        while len(answer) < length and select.select([master], [], [], limit)[0]:
            answer += os.read(master, length - len(answer))
        return answer

    try:
        assert process.stdout.readline() == f"ready {port}\n"
        assert ask(b"\x7f", 1) == b"\x79"
        for data, length in READ_256:
            assert len(ask(data, length)) == length
        # Synchronised already, it takes this for half of a command; with the second one it is a wrong one.
        assert ask(b"\x7f", 1, 0.2) == b""
        assert ask(b"\x7f", 1) == b"\x1f"
        time.sleep(1.5)
        assert ask(b"\x7f", 1) == b"\x79"
        process.terminate()
        assert process.wait(LIMIT) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        os.close(master)


tap.run()
