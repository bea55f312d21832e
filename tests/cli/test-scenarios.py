#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays every known case through "flashloader-cli diagnose", and judges the ranked causes. Prints TAP.

Arguments: the command line, the file of cases; then, for looking at some: --show ID…
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

CLI, CASES = sys.argv[1], pathlib.Path(sys.argv[2])
SHOW = sys.argv[4:] if sys.argv[3:4] == ["--show"] else []
# What has to be right of each rule: the main cause first, within three, in the list with a way to decide.
SHARES = {"first": 0.90, "three": 0.97, "listed": 0.95}
MAX_CAUSES = 5
SILENCE_S = 25.5  # the automatic part: nothing begins after 25 s, the last step takes its time
TALKING_S = 8.0   # of a board that answers
POOL = 2


def play(case):
    """Returns what the program says of a case."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "board.json"
        path.write_text(json.dumps(case))
        env = dict(os.environ, LC_ALL="C.UTF-8", G_DEBUG="fatal-criticals")
        run = subprocess.run([CLI, "diagnose", "--json", "--port", f"sim:{path}"], capture_output=True, text=True,
                             timeout=60, env=env)
    if run.returncode != 0:
        raise RuntimeError(f"{case['id']}: exit code {run.returncode}: {run.stdout[-300:]} {run.stderr[-300:]}")
    return json.loads(run.stdout)


def judge(case, answer):
    """Returns (whether it is right, what is false about its certainty, the place of the main cause)."""
    causes = answer["causes"]
    codes = [cause["code"] for cause in causes]
    place = codes.index(case["expected"][0]) + 1 if case["expected"][0] in codes else 0
    false = [cause["code"] for cause in causes if cause["certain"] and cause["code"] not in case["expected"]]
    if case["rule"] == "first":
        ok = place == 1
    elif case["rule"] == "three":
        ok = 1 <= place <= 3
    else:
        decide = place > 0 and (causes[place - 1]["decide"] or causes[place - 1]["certain"])
        ok = 1 <= place <= MAX_CAUSES and bool(answer["questions"] or decide)
    return ok and not false and len(codes) <= MAX_CAUSES, false, place


def is_in_time(answer):
    facts = answer["facts"]
    talks = facts.get("sync.kind") in ("fresh", "already", "leading") and "answers.missing" not in facts
    return answer["seconds"] <= (TALKING_S if talks else SILENCE_S)


def disguise(case):
    """The same board under another name: nothing may hang on that, nor on how the dice fall."""
    return dict(case, id=f"board {case['id'][::-1]}", device="a board", observation="", expected=case["expected"])


def play_all(cases):
    with concurrent.futures.ThreadPoolExecutor(POOL) as pool:
        return list(pool.map(play, cases))


def print_table(title, cases, answers):
    """Returns the share that is right, for each rule."""
    rows = collections.defaultdict(lambda: collections.defaultdict(list))
    shares = {}
    for case, answer in zip(cases, answers):
        rows[case["rule"]][case["name"]].append(judge(case, answer)[0])
    print(f"# {title}")
    for rule, classes in rows.items():
        every = [ok for oks in classes.values() for ok in oks]
        shares[rule] = sum(every) / len(every)
        for name, oks in sorted(classes.items()):
            print(f"#   {rule:7}{name:32}{sum(oks):3} of {len(oks):3}")
        print(f"#   {rule:7}{'all':32}{sum(every):3} of {len(every):3}  {100 * shares[rule]:.0f} %")
    for case, answer in zip(cases, answers):
        ok, false, place = judge(case, answer)
        if not ok:
            listed = " ".join(f"{c['code']}{'!' if c['certain'] else ''}:{c['likelihood']:.2f}" for c in answer["causes"])
            print(f"#   not {case['rule']}: {case['id']} ({answer['observation']}), wants {case['expected'][0]},"
                  f" place {place}{', false: ' + ' '.join(false) if false else ''}: {listed}")
    return shares


def load():
    cases = [json.loads(line) for line in CASES.read_text().splitlines() if line]
    for case in cases:
        case["name"] = case["observation"]
    return cases


def main():
    cases = load()
    if SHOW:
        for case in cases:
            if case["id"] in SHOW:
                answer = play(case)
                print(json.dumps(case))
                print(json.dumps({key: answer[key] for key in ("observation", "seconds", "total_seconds", "facts")}, indent=1))
                for cause in answer["causes"]:
                    print(cause["code"], cause["likelihood"], cause["certain"], cause["evidence"])
                print([q["id"] for q in answer["questions"]], judge(case, answer))
        return
    number = 0
    print("1..10")
    for title, played in (("as they are", cases), ("under other names", [disguise(case) for case in cases])):
        answers = play_all(played)
        shares = print_table(title, played, answers)
        checks = [(shares[rule] >= share, f"{title}: {rule}, {100 * share:.0f} % at the least") for rule, share in SHARES.items()]
        false = [case["id"] for case, answer in zip(played, answers) if judge(case, answer)[1]]
        checks.append((not false, f"{title}: nothing is certain that is not so"))
        late = [f"{case['id']} ({answer['seconds']:.1f} s)" for case, answer in zip(played, answers) if not is_in_time(answer)]
        for name in false + late:
            print(f"#   {name}")
        checks.append((not late, f"{title}: within the time that there is for it"))
        for ok, text in checks:
            number += 1
            print(f"{'ok' if ok else 'not ok'} {number} {text}")


main()
