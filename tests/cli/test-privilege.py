#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line needs no privilege: test-privilege.py CLI SOURCE-ROOT. As root it becomes nobody first."""
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI, ROOT = map(pathlib.Path, sys.argv[1:3])
NOBODY = 65534
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-privilege-")
HERE = pathlib.Path(FOLDER.name)


def become_nobody():
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def run(*arguments, expect=0):
    done = subprocess.run([HERE / "flashloader-cli", *map(str, arguments)], capture_output=True, text=True, timeout=240,
                          cwd=HERE / "own", preexec_fn=become_nobody, env={"LC_ALL": "C.UTF-8", "HOME": str(HERE / "own")})
    assert done.returncode == expect, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def set_up():
    """The build folder may be nobody's business: a copy beside a folder of its own."""
    HERE.chmod(0o755)
    shutil.copy(CLI, HERE / "flashloader-cli")
    shutil.copy(ROOT / "data/practice/blink-table.hex", HERE / "firmware.hex")
    (HERE / "firmware.hex").chmod(0o644)
    (HERE / "own").mkdir()
    if os.getuid() == 0:
        os.chown(HERE / "own", NOBODY, NOBODY)


@tap.case
def ordinary():
    """program, read back, save: as nobody"""
    run("program", "../firmware.hex", "--port", "sim:0x467,state=board", "--trace", "trace")
    run("read", "back.bin", "--length", "1K", "--port", "sim:0x467,state=board")
    assert (HERE / "own/back.bin").stat().st_size == 1024
    if os.getuid() == 0:
        assert (HERE / "own/back.bin").stat().st_uid == NOBODY


@tap.case
def not_allowed():
    """where it may not write, it says so, and nothing is changed"""
    run("read", "../back.bin", "--length", "1K", "--port", "sim:0x467", expect=7)
    assert not (HERE / "back.bin").exists()


@tap.case
def no_bits():
    """the program gives nobody another user's rights"""
    assert not CLI.stat().st_mode & (stat.S_ISUID | stat.S_ISGID)
    assert "security.capability" not in os.listxattr(CLI)


if __name__ == "__main__":
    set_up()
    tap.run()
