#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what "meson test" wrote down, a test case each, over the build folders given.

Ends with "N passed, N failed, N skipped" alone on a line. A skipped test is a failure of the run: ./test installs all
that the tests need, so nothing has a reason to be skipped.
"""
import json
import sys
import xml.etree.ElementTree as ElementTree


def read_failed(folder):
    """The tests that did not end well, a program each: also one that died, or ended early, when its cases were good."""
    with open(f"{folder}/meson-logs/testlog.json", encoding="utf-8") as log:
        tests = [json.loads(line) for line in log]
    return {test["name"] for test in tests if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")}


def count(folder):
    passed = failed = skipped = 0
    try:
        root = ElementTree.parse(f"{folder}/meson-logs/testlog.junit.xml").getroot()
        programs = read_failed(folder)
    except (OSError, ElementTree.ParseError, ValueError) as error:
        print(f"{folder}: no record of its tests: {error}")
        return 0, 1, 0
    for suite in root.iter("testsuite"):
        cases = list(suite.iter("testcase"))
        bad = 0
        for case in cases:
            name = f"{suite.get('name')}: {case.get('name')}"
            if case.find("failure") is not None or case.find("error") is not None:
                bad += 1
                failed += 1
                print(f"failed: {folder}: {name}")
            elif case.find("skipped") is not None:
                skipped += 1
                print(f"skipped: {folder}: {name}")
            else:
                passed += 1
        # "PROJECT.NAME" here, "NAME" there.
        if suite.get("name").split(".", 1)[-1] in programs and not bad:
            failed += 1
            print(f"failed: {folder}: {suite.get('name')}: the program itself")
    return passed, failed, skipped


def main(folders):
    totals = [sum(column) for column in zip(*(count(folder) for folder in folders))]
    print("%d passed, %d failed, %d skipped" % tuple(totals))
    return 1 if totals[1] or totals[2] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
