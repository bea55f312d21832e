# SPDX-License-Identifier: GPL-3.0-or-later
"""Test cases of Python programs, reported as TAP so that each is counted."""
import atexit
import os
import shutil
import sys
import tempfile
import traceback

cases = []

# What programs remember of adapters and boards is not the tester's, and no test sees what another one left.
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="fl-config-")
atexit.register(shutil.rmtree, os.environ["XDG_CONFIG_HOME"], ignore_errors=True)


def case(function):
    """Decorator: a test case; its name is the function's, its title the doc string's first line."""
    cases.append(function)
    return function


def run():
    print(f"1..{len(cases)}", flush=True)
    failed = 0
    for number, function in enumerate(cases, 1):
        title = (function.__doc__ or function.__name__).strip().split("\n")[0]
        try:
            function()
        except Exception:  # also assertions: the next cases run all the same
            failed += 1
            for line in traceback.format_exc().rstrip().split("\n"):
                print(f"# {line}")
            print(f"not ok {number} {title}", flush=True)
        else:
            print(f"ok {number} {title}", flush=True)
    sys.exit(1 if failed else 0)
