#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command "diagnose": its arguments, what it prints, and its questions on a terminal. Prints TAP."""
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import tempfile
import time

CLI = sys.argv[1]
ENV = dict(os.environ, LC_ALL="C.UTF-8")
KEYS = {"observation", "summary", "causes", "excluded", "questions", "seconds", "total_seconds", "facts", "result"}
CAUSE_KEYS = {"code", "likelihood", "certain", "title", "meaning", "evidence", "remedy", "decide"}
results = []


def check(ok, text):
    results.append(ok)
    print(f"{'ok' if ok else 'not ok'} {len(results)} {text}")


def run(*arguments):
    return subprocess.run([CLI, "diagnose", *arguments], capture_output=True, text=True, timeout=60, env=ENV,
                          stdin=subprocess.DEVNULL)


def diagnose(*arguments):
    done = run("--json", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def codes(answer):
    return [cause["code"] for cause in answer["causes"]]


def converse(arguments, answers, limit_s):
    """Runs it on a terminal of its own; @answers are typed at its questions in turn, and Enter whenever it asks for that,
    however many of either there are. Returns what was printed."""
    master, slave = pty.openpty()
    process = subprocess.Popen([CLI, "diagnose", *arguments], stdin=slave, stdout=slave, stderr=slave, env=ENV)
    os.close(slave)
    printed, seen, end = "", 0, time.monotonic() + limit_s
    while time.monotonic() < end:
        ready, _, _ = select.select([master], [], [], 0.2)
        if ready:
            try:
                printed += os.read(master, 65536).decode(errors="replace")
            except OSError:
                break
        found = re.search(r"\[y/n|press Enter", printed[seen:])
        if found:
            seen += found.end()
            os.write(master, (answers.pop(0) if found[0] == "[y/n" and answers else "").encode() + b"\n")
    process.kill()
    process.wait()
    os.close(master)
    return printed


def test_silent(folder):
    silent = folder / "silent.json"
    silent.write_text(json.dumps({"device_pid": "0x410", "behaviour": {"on_sync": "silent"}}))
    port = ("--port", f"sim:{silent}")
    answer = diagnose(*port)
    check(KEYS <= set(answer) and all(CAUSE_KEYS <= set(cause) for cause in answer["causes"]), "what --json tells")
    check(answer["observation"] == "SILENCE" and 3 <= len(answer["causes"]) <= 5
          and not any(cause["certain"] for cause in answer["causes"]), "silence alone proves nothing")
    check(all(cause["decide"] and cause["remedy"] for cause in answer["causes"]), "each has a test and a remedy")
    check(1 <= len(answer["questions"]) <= 3, "there are questions left")
    yes, no = (diagnose(*port, "--answer", f"app-runs={word}") for word in ("yes", "no"))
    check(yes["facts"]["answer.app-runs"] == "yes" and codes(yes)[0] == "NOT_IN_BOOTLOADER", "an answer counts")
    check(codes(no)[0] != "NOT_IN_BOOTLOADER" and codes(no) != codes(yes), "and so does the other one")
    check("app-runs" not in [question["id"] for question in yes["questions"]], "what was answered is not asked again")
    text = run(*port)
    check(text.returncode == 0 and answer["causes"][0]["title"] in text.stdout and "[KO]" in text.stdout,
          "in words, with the probes")
    quiet = run(*port, "--quiet")
    check(answer["causes"][0]["title"] in quiet.stdout and "[KO]" not in quiet.stdout, "in words, without them")


def test_usage(folder):
    for wrong in ("app-runs", "app-runs=perhaps", "there-is-none=yes", "=yes"):
        done = run("--port", "sim:0x410", "--answer", wrong)
        check(done.returncode == 1, f"--answer {wrong} is refused")
    check(run().returncode == 1, "without a port it does not know where to look")
    for name, text, code in (("none.json", None, 7), ("broken.json", '{"device_pid":', 7), ("no-such-chip", None, 1)):
        if text is not None:
            (folder / name).write_text(text)
        done = run("--port", f"sim:{folder / name if name.endswith('.json') else name}")
        check(done.returncode == code and name in done.stderr, f"a simulated board that cannot be made: {name}")
    answer = diagnose("--port", "/dev/there-is-no-such-port")
    check(answer["observation"] == "OPEN_ERROR" and codes(answer)[0] == "PORT_MISSING_OR_WRONG", "a port that is missing")


def test_image(folder):
    image = folder / "image.bin"
    image.write_bytes(bytes(range(1, 201)) * 3)
    answer = diagnose("--port", "sim:0x410", "--image", str(image))
    check(answer["facts"]["verify.pattern"] == "ok" and answer["facts"]["write.result"] == "ok",
          "a practice board takes the image without a question")
    master, slave = pty.openpty()
    done = run("--port", os.ttyname(slave), "--image", str(image))
    ready, _, _ = select.select([master], [], [], 0)
    check(done.returncode != 0 and "--yes" in done.stderr and not ready, "a real one needs consent; nothing was sent")
    os.close(master)
    os.close(slave)


def test_terminal(folder):
    master, slave = pty.openpty()  # a port behind which nobody is
    printed = converse(["--port", os.ttyname(slave)], ["n", "", "y"], 240)
    os.close(master)
    os.close(slave)
    check(printed.count("[y/n") in (2, 3), "at most three questions")
    check("Swap the two data wires" in printed and "The board is called all the time" in printed, "then one action at a time")
    check("What it may be" in printed, "and then the causes")


with tempfile.TemporaryDirectory() as name:
    for test in (test_silent, test_usage, test_image, test_terminal):
        test(pathlib.Path(name))
print(f"1..{len(results)}")
