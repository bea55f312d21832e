#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option bytes against tests/data/reference/option_bytes.csv, field by field: test-option-bytes.py CLI SOURCE-ROOT.

Fields are found by where they are: names may differ, since the table has the same name more than once for a chip.
Where the program differs on purpose, a table says why; an entry that explains nothing fails.
"""
import csv
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI, TOP = sys.argv[1:3]
LIMIT = 120  # seconds, for a run of the program that hangs
MOST_BYTES = 256  # that one command of the bootloader writes; it begins where the area does

# What the program shows and never writes, although the table does not say so: chip or *, field or *, why.
READ_ONLY = {
    ("0x494", "*"): "the radio's own software sets them",
    ("0x495", "*"): "the radio's own software sets them",
    ("0x497", "*"): "the radio's own software sets them",
    ("*", "RDP_LEVEL"): "its values are known from a single source",
    ("*", "PERSO_OK"): "set in the factory: the table's own words say read-only",
}
RADIO = re.compile(r"ESE|AGC_TRIM|IPCCDBA|SFSA|FSD|DDS|HDPSA|HDPAD|SUBGHZSPISD|SBRV|S(N)?BRSA(_[AB])?|N?BRSD(_[AB])?|C2OPT")
# What else differs: chip, field: the program's values, why.
DIFFERENT = {
    ("0x494", "nRST_MODE"): ({"width": 1, "read_only": True}, "bits 22 and 23, of which 23 is nBOOT1"),
}
# What 0 and 1 mean is not known.
UNKNOWN_VALUES = {("0x494", "nRST_MODE"), ("0x47A", "HUK_PUF")}


def ask(pid):
    run = subprocess.run([CLI, "--json", "devices", pid], capture_output=True, text=True, timeout=LIMIT, check=True)
    return json.loads(run.stdout)["devices"][0]


def read_table():
    chips = {}
    with open(pathlib.Path(TOP) / "tests/data/reference/option_bytes.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            chips.setdefault(row["pid_hex"], []).append(row)
    return chips


TABLE = read_table()
CHIPS = {pid: ask(pid) for pid in TABLE}


def place(row):
    return int(row["address_via_bootloader"], 16), int(row["bit_offset"])


def is_out_of_reach(chip, address):
    """Too far behind the beginning of its area for the only command that writes option bytes."""
    area, = (a for a in chip["option_areas"] if a["start"] <= address < a["start"] + a["size"])
    return address + 4 - area["start"] > MOST_BYTES


def is_shown_only(chip, row):
    pid, field = row["pid_hex"], row["field"]
    if ("*", field) in READ_ONLY or ((pid, "*") in READ_ONLY and RADIO.fullmatch(field)):
        return True
    return is_out_of_reach(chip, place(row)[0])


def wanted(chip, row):
    """What the table says, in the program's terms."""
    width = int(row["width"])
    access = re.fullmatch(r"RW|R here; W at (0x[0-9A-F]+)", row["access"])
    said = {
        "width": width,
        "factory": (1 << width) - 1 if row["default"] == "all 1" else int(row["default"], 16) if row["default"] else None,
        "write_address": int(access[1], 16) if access[1] else place(row)[0],
        "read_only": is_shown_only(chip, row),
    }
    said.update(DIFFERENT.get((row["pid_hex"], row["field"]), ({},))[0])
    return said


@tap.case
def all_chips():
    """option bytes: of every chip that the table has, and of no other"""
    run = subprocess.run([CLI, "--json", "devices"], capture_output=True, text=True, timeout=LIMIT, check=True)
    chips = {chip["pid"] for chip in json.loads(run.stdout)["devices"] if chip["option_areas"]}
    assert len(TABLE) >= 85 and chips == set(TABLE), chips ^ set(TABLE)
    assert sum(map(len, TABLE.values())) == sum(len(chip["option_fields"]) for chip in CHIPS.values()) >= 1783


@tap.case
def tables_apply():
    """option bytes: each entry of the tables in this test is needed"""
    for pid, field in DIFFERENT:
        row, = (row for row in TABLE[pid] if row["field"] == field)
        assert int(row["width"]) != DIFFERENT[pid, field][0]["width"], (pid, field)
    for pid, field in READ_ONLY:
        assert any(pid in ("*", row["pid_hex"]) and field in ("*", row["field"]) for rows in TABLE.values()
                   for row in rows), (pid, field)


@tap.case
def words():
    """option bytes: each says what it does, what 0 and 1 mean, and what can happen where that is dangerous"""
    for pid, chip in CHIPS.items():
        for field in chip["option_fields"]:
            here = pid, field["name"]
            assert re.fullmatch(r"[A-Z].*\.", field["what"]), here
            assert field["risk"] or field["danger"] in ("none", "low", "medium"), here
            values = {value["value"] for value in field["values"]}
            if field["width"] == 1 and here not in UNKNOWN_VALUES:
                assert values == {0, 1}, (here, values)
            for value in field["values"]:
                assert value["text"] and not value["text"].endswith("."), (here, value)
        assert chip["option_sources"], pid


@tap.case
def dangers():
    """option bytes: what cannot be undone, what can lock the program out, and what the BOOT0 pin needs"""
    expected = {
        "RDP": {0xCC: "irreversible"}, "PRODUCT_STATE": {0x5C: "irreversible"}, "BOOT_LOCK": {1: "critical", 0xB4: "critical"},
        "TZEN": {1: "critical", 0xB4: "critical"}, "NRST_MODE": {2: "high", 1: "low", 3: "low"},
        "nBOOT_SEL": {0: "medium", 1: "high"}, "nSWBOOT0": {0: "high", 1: "medium"}, "nBOOT0": {0: "high"},
        "nBOOT1": {0: "high", 1: "low"}, "SWAP_BANK": {1: "high"},
    }
    seen = set()
    for pid, chip in CHIPS.items():
        for field in chip["option_fields"]:
            found = {value["value"]: value["danger"] for value in field["values"]}
            for value, danger in expected.get(field["name"], {}).items():
                if value < 1 << field["width"] and not (value == 0xCC and 0xA5 in found):  # the F1 has no level 2
                    assert found[value] == danger, (pid, field["name"], value, found)
                    seen.add((field["name"], value))
    assert seen == {(name, value) for name, values in expected.items() for value in values}, seen


def compare(pid):
    chip = CHIPS[pid]
    found = {(field["address"], field["bit"]): field for field in chip["option_fields"]}
    rows = {place(row): row for row in TABLE[pid]}
    assert len(rows) == len(TABLE[pid]) and len(found) == len(chip["option_fields"]), "two fields at one place"
    assert set(found) == set(rows), f"not the same places: {sorted(set(found) ^ set(rows))}"
    for where, row in rows.items():
        said = wanted(chip, row)
        field = {key: found[where][key] for key in said}
        assert field == said, f"{row['field']} at {where[0]:#x}.{where[1]}: {field}, not {said}"


for pid in TABLE:
    def check(pid=pid):
        compare(pid)
    check.__doc__ = f"option bytes: as in the table: {pid}"
    tap.case(check)

tap.run()
