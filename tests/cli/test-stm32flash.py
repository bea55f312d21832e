#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated board against stm32flash, a client that shares nothing with it but the protocol.

usage: test-stm32flash.py FLASHLOADER-SIM PID [WORD...]
"""
import os
import random
import select
import subprocess
import sys
import tempfile

# stm32flash puts its reset code where AN2606 says that these ROMs keep their own data: it is refused.
RAM_TAKEN = ['0x460']
LIMIT = 120  # seconds, for a busy machine; nothing waits for them


class Board:
    """A served board; gone at the end of the with block."""

    def __init__(self, program, pid, words, folder):
        self.link = os.path.join(folder, 'board')
        self.process = subprocess.Popen(
            [program, '--pty', self.link, '--device', pid, '--clock', 'fast'] + words, stdout=subprocess.PIPE)

    def __enter__(self):
        ready, _, _ = select.select([self.process.stdout], [], [], LIMIT)
        line = self.process.stdout.readline().decode() if ready else ''
        if line != f'ready {self.link}\n':
            raise RuntimeError(f'the board is not served: {line!r}')
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.status = self.process.wait(LIMIT)

    def client(self, *arguments):
        done = subprocess.run(['stm32flash', '-m', '8n1', '-b', '115200', *arguments, self.link],
                              capture_output=True, timeout=LIMIT)
        for line in (done.stdout + done.stderr).decode(errors='replace').replace('\r', '\n').splitlines()[-4:]:
            print('#', line)
        return done


def cases(program, pid, words, folder):
    image = os.path.join(folder, 'image.bin')
    back = os.path.join(folder, 'back.bin')
    # Not a multiple of any program unit, so that the padding of the last block is tried too.
    data = random.Random(int(pid, 16)).randbytes(20003)
    with open(image, 'wb') as file:
        file.write(data)
    erased = b'\0' if 'L0' in words[:1] else b'\xff'

    def read(length):
        done = board.client('-r', back, '-S', f'0x08000000:{length}')
        with open(back, 'rb') as file:
            return file.read() if done.returncode == 0 else b''

    with Board(program, pid, words[1:], folder) as board:
        info = board.client()
        yield 'info', info.returncode == 0 and f'0x0{pid[2:]}'.encode() in info.stdout
        yield 'write and verify', board.client('-w', image, '-v').returncode == 0
        yield 'read back', read(len(data)) == data
        yield 'write again', board.client('-w', image, '-v').returncode == 0
        yield 'erase', board.client('-o').returncode == 0
        yield 'all blank', read(len(data)) == erased * len(data)
        reset = board.client('-R')
        yield 'reset from RAM', (b'failed' in reset.stdout + reset.stderr) == (pid in RAM_TAKEN)
        link = board.link
    yield 'ends cleanly', board.status == 0 and not os.path.lexists(link)


def main():
    program, pid, words = sys.argv[1], sys.argv[2], sys.argv[3:]
    number = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, ok in cases(program, pid, words, folder):
            number += 1
            failed += not ok
            print('ok' if ok else 'not ok', number, '-', name, flush=True)
    print(f'1..{number}')
    return 1 if failed else 0


sys.exit(main())
