#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flashloader and stm32flash side by side, on the same simulated board behind a pty, in real time. Prints a table in
Markdown. Fails where the adapter's latency is not made up for.

usage: bench-stm32flash.py FLASHLOADER-CLI FLASHLOADER-SIM [KIB [LATENCY-MS...]]
"""
import os
import random
import select
import subprocess
import sys
import tempfile
import time

DEVICE = ['--device', '0x467', '--flash', '256']
LIMIT = 600  # seconds
MAX_RATIO = {'16': 0.66}  # by milliseconds of latency: what they take ÷ what stm32flash does


def measure(sim, latency, folder, command):
    """How long the command takes on a board of its own; the link to it is the command's last argument."""
    link = os.path.join(folder, 'board')
    board = subprocess.Popen([sim, '--pty', link, *DEVICE, '--latency-ms', latency], stdout=subprocess.PIPE)
    try:
        if not select.select([board.stdout], [], [], LIMIT)[0] or not board.stdout.readline().startswith(b'ready'):
            raise RuntimeError('the board is not served')
        start = time.monotonic()
        done = subprocess.run([*command, link], capture_output=True, timeout=LIMIT)
        seconds = time.monotonic() - start
    finally:
        board.terminate()
        board.wait(LIMIT)
    if done.returncode != 0:
        raise RuntimeError(f'{command[0]} failed: {(done.stdout + done.stderr).decode(errors="replace")[-500:]}')
    return seconds


def main():
    cli, sim = sys.argv[1:3]
    kib = int(sys.argv[3]) if len(sys.argv) > 3 else 64
    latencies = sys.argv[4:] or ['0', '1', '16']
    missed = []
    print(f'{kib} KiB of random data written and verified at 115200, connecting included\n')
    print('| latency | stm32flash | flashloader-cli | ratio |')
    print('| ---: | ---: | ---: | ---: |')
    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, 'image.bin')
        with open(image, 'wb') as file:
            file.write(random.Random(6).randbytes(kib * 1024))
        for latency in latencies:
            theirs = measure(sim, latency, folder, ['stm32flash', '-m', '8n1', '-b', '115200', '-w', image, '-v'])
            ours = measure(sim, latency, folder, [cli, 'program', image, '--baud', '115200', '--quiet', '--port'])
            print(f'| {latency} ms | {theirs:.2f} s | {ours:.2f} s | {ours / theirs:.3f} |', flush=True)
            if ours / theirs > MAX_RATIO.get(latency, float('inf')):
                missed.append(latency)
    if missed:
        sys.exit(f'too slow at a latency of {", ".join(missed)} ms')


main()
