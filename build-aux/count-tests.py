#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what "meson test" wrote down, a test case each, over the build folders given.

Ends with "N passed, N failed, N skipped" alone on a line. A skipped test is a failure of the run: ./test installs all
that the tests need, so nothing has a reason to be skipped.
"""
import sys
import xml.etree.ElementTree as ElementTree


def count(folder):
    passed = failed = skipped = 0
    try:
        root = ElementTree.parse(f"{folder}/meson-logs/testlog.junit.xml").getroot()
    except (OSError, ElementTree.ParseError) as error:
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
        # A program that died between two cases has errors of its own that no case shows.
        own = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        if own > bad:
            failed += own - bad
            print(f"failed: {folder}: {suite.get('name')}: the program itself")
    return passed, failed, skipped


def main(folders):
    totals = [sum(column) for column in zip(*(count(folder) for folder in folders))]
    print("%d passed, %d failed, %d skipped" % tuple(totals))
    return 1 if totals[1] or totals[2] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
