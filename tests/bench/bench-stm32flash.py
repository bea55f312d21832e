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
MAX_RATIO = {'0': 0.98, '16': 0.66}  # on a blank board, by milliseconds of latency: what they take ÷ what stm32flash does


def measure(sim, latency, folder, command, before=None):
    """How long the command takes on a board of its own, after another that is not counted; the link to the board is
    each command's last argument."""
    link = os.path.join(folder, 'board')
    board = subprocess.Popen([sim, '--pty', link, *DEVICE, '--latency-ms', latency], stdout=subprocess.PIPE)
    try:
        if not select.select([board.stdout], [], [], LIMIT)[0] or not board.stdout.readline().startswith(b'ready'):
            raise RuntimeError('the board is not served')
        if before:
            subprocess.run([*before, link], capture_output=True, timeout=LIMIT, check=True)
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
    print('| board, latency | stm32flash | flashloader-cli | ratio |')
    print('| --- | ---: | ---: | ---: |')
    with tempfile.TemporaryDirectory() as folder:
        os.environ['XDG_CONFIG_HOME'] = folder  # nothing is remembered of earlier runs
        images = [os.path.join(folder, name) for name in ('image.bin', 'other.bin')]
        for seed, image in enumerate(images):
            with open(image, 'wb') as file:
                file.write(random.Random(6 + seed).randbytes(kib * 1024))
        ours, theirs = ([cli, 'program', images[0], '--baud', '115200', '--quiet', '--port'],
                        ['stm32flash', '-m', '8n1', '-b', '115200', '-w', images[0], '-v'])
        other = [cli, 'program', images[1], '--baud', '115200', '--quiet', '--port']
        for board, latency in [*(('blank', latency) for latency in latencies), ('used', latencies[0])]:
            before = other if board == 'used' else None
            reference = measure(sim, latency, folder, theirs, before)
            seconds = measure(sim, latency, folder, ours, before)
            print(f'| {board}, {latency} ms | {reference:.2f} s | {seconds:.2f} s | {seconds / reference:.3f} |', flush=True)
            if board == 'blank' and seconds / reference > MAX_RATIO.get(latency, float('inf')):
                missed.append(latency)
    if missed:
        sys.exit(f'too slow at a latency of {", ".join(missed)} ms')


main()
