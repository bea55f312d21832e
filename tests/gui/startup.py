# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to a window, and how much memory that needs. The time is printed: this machine may be busy."""
import os
import pathlib
import subprocess
import time

from flashloader import PROGRAM, gui

MAX_RSS_MIB = float(os.environ["FL_MAX_RSS_MIB"])

journey = gui.Journey("startup")


def is_mapped(pid):
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(pid), "--name", "^Flashloader$"],
                           capture_output=True, text=True)
    return found.returncode == 0 and found.stdout.strip() != ""


def measure():
    """Starts the program once. Returns the seconds to its window, and its memory in MiB when it has settled."""
    start = time.monotonic()
    process = subprocess.Popen([PROGRAM])
    try:
        while not is_mapped(process.pid):
            assert process.poll() is None, f"the program ended with {process.returncode}"
            assert time.monotonic() - start < gui.TIMEOUT, "no window appeared"
        seconds = time.monotonic() - start
        root = gui.wait_for(lambda: next((a for a in gui.pyatspi.Registry.getDesktop(0)
                                          if a is not None and a.get_process_id() == process.pid), None), "the program")
        gui.find(root, "push button", "Connect")
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        rss = int(next(line for line in status.split("\n") if line.startswith("VmRSS:")).split()[1]) / 1024
    finally:
        process.terminate()
        process.wait(gui.TIMEOUT)
    return seconds, rss


@journey.step
def start():
    """the window appears, and stays within its memory"""
    runs = [measure() for _ in range(4)]
    for seconds, rss in runs:
        print(f"# window after {seconds:.2f} s, {rss:.0f} MiB of memory", flush=True)
    print(f"# best of {len(runs)}: {min(runs)[0]:.2f} s", flush=True)
    assert max(rss for _, rss in runs) < MAX_RSS_MIB


journey.run()
