#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chip files against data/chips/schema.json, and the schema against the program: check-chips.py SOURCE-ROOT.

Each group of a chip file becomes an object, with the keys of the file's [series] group added, and is validated. The
program itself checks more (tests/unit/test-chip-db.c); this says in a contributor's words which key is wrong.
"""
import copy
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

TOP = pathlib.Path(sys.argv[1])
CHIPS = TOP / "data/chips"
SCHEMA = json.loads((CHIPS / "schema.json").read_text(encoding="utf-8"))
WORDS = ElementTree.parse(CHIPS / "words.xml").getroot()


def source(name):
    return (TOP / "src/chip" / name).read_text(encoding="utf-8")


def read_groups(text):
    """Group and key of a file, as GLib reads key files."""
    groups = {}
    group = None
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            assert line[1:-1] not in groups, f"line {number}: {line} is there twice"
            group = groups.setdefault(line[1:-1], {})
            continue
        key, equals, value = line.partition("=")
        assert equals and group is not None, f"line {number}: neither a group nor a key: {line}"
        assert key.strip() not in group, f"line {number}: the key {key} is there twice in this group"
        group[key.strip()] = value.strip()
    return groups


def key_schema(key):
    if key in SCHEMA["properties"]:
        return SCHEMA["properties"][key]
    return next((part for pattern, part in SCHEMA["patternProperties"].items() if re.search(pattern, key)), {})


def to_number(text):
    """The number that a value is; the text itself when it is none, which the schema then refuses."""
    number = re.fullmatch(r"(0x[0-9A-Fa-f]+|[0-9]+)(K?)", text)
    return int(number[1], 0) * (1024 if number[2] else 1) if number else text


def to_object(keys):
    values = {}
    for key, text in keys.items():
        kind = key_schema(key).get("type")
        values[key] = to_number(text) if kind == "integer" else text.split("; ") if kind == "array" else text
    return values


def problems(keys, schema=SCHEMA):
    found = jsonschema.Draft7Validator(schema).iter_errors(to_object(keys))
    return [f"{'/'.join(map(str, error.absolute_path)) or 'group'}: {error.message}" for error in found]


def read_files():
    """Path, groups."""
    return {path: read_groups(path.read_text(encoding="utf-8")) for path in sorted(CHIPS.glob("*.ini"))}


FILES = read_files()


def each_chip():
    """Where it stands, its keys with those of its series."""
    for path, groups in FILES.items():
        for group, keys in groups.items():
            if group != "series":
                yield f"{path.name} [{group}]", {**groups["series"], **keys}


def same(what, one, other):
    assert one == other, f"{what}: only in one of them: {sorted(set(one) ^ set(other))}"


@tap.case
def schema_is_one():
    """schema.json is a JSON Schema, and every key has a description"""
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    for key, part in {**SCHEMA["properties"], **SCHEMA["patternProperties"]}.items():
        assert part.get("description", "").endswith("."), key
    for part in SCHEMA["required"], *SCHEMA["dependencies"].values():
        assert set(part) <= set(SCHEMA["properties"]), part


@tap.case
def chips():
    """every chip is as the schema says"""
    wrong = [f"{where}, {problem}" for where, keys in each_chip() for problem in problems(keys)]
    assert not wrong, "\n".join(wrong)
    assert len(list(each_chip())) > 80


@tap.case
def series():
    """every file has a [series] whose keys are as the schema says, and groups in order of their product IDs"""
    schema = copy.deepcopy(SCHEMA)
    schema["required"] = ["name"]
    schema["dependencies"] = {}
    schema["properties"]["name"] = {"pattern": "^[A-Z][A-Z0-9+]*$"}
    for path, groups in FILES.items():
        assert next(iter(groups)) == "series", path.name
        wrong = problems(groups["series"], schema)
        assert not wrong, (path.name, wrong)
        ids = [group for group in groups if group != "series"]
        assert all(re.fullmatch("0x[0-9A-F]{3}", group) for group in ids), ids
        assert ids == sorted(ids), (path.name, ids)
        assert path.read_text(encoding="utf-8").startswith("# SPDX-License-Identifier: GPL-3.0-or-later\n"), path.name


@tap.case
def files_are_in_the_program():
    """every file is compiled into the program"""
    listed = re.findall(r">(?:chips/)?([a-z0-9]+\.ini)<", (TOP / "data/fl-core.gresource.xml").read_text(encoding="utf-8"))
    same("fl-core.gresource.xml", set(listed), {path.name for path in FILES})


@tap.case
def keys_of_the_program():
    """the keys that the program knows are those of the schema, and README.md explains each"""
    text = source("fl-chip-parse.c")
    table = text[text.index("} keys[] = {"):]
    keys = set(re.findall(r'^  \{ "([a-z0-9-]+)",', table[:table.index("\n};")], re.MULTILINE))
    prefixes = dict(re.findall(r'#define ([A-Z]+)_PREFIX +"([a-z]+-)"', text))
    assert prefixes == {"LAYOUT": "layout-", "OPTIONS": "options-"}, prefixes
    same("keys", keys | {"options-like"}, set(SCHEMA["properties"]))
    same("prefixes", {pattern.partition("-")[0].lstrip("^") + "-" for pattern in SCHEMA["patternProperties"]},
         set(prefixes.values()))
    explained = set()
    for row in re.findall(r"^\| ((?:`[^`]+`(?:, )?)+) \|", (CHIPS / "README.md").read_text(encoding="utf-8"), re.MULTILINE):
        explained.update(re.findall(r"`([^`]+)`", row))
    unexplained = (set(SCHEMA["properties"]) | {"layout-KIB", "options-0xADDRESS"}) - explained
    assert not unexplained, unexplained


@tap.case
def words_of_the_program():
    """flags, sentences and styles of the schema are those that the program knows"""
    text = source("fl-chip-parse.c")
    same("flags", set(re.findall(r'\{ "([a-z0-9-]+)", FL_CHIP_[A-Z0-9_]+ \}', text)),
         set(SCHEMA["properties"]["flags"]["items"]["enum"]))
    same("boot-entry", set(re.findall(r'^  \{ "([a-z0-9-]+)",', source("fl-chip-entry.c"), re.MULTILINE)),
         set(SCHEMA["properties"]["boot-entry"]["items"]["enum"]))
    same("option-style", set(re.findall(r'\[FL_OPTION_STYLE_[A-Z]+\] = "([a-z]+)"', source("fl-option-parse.c"))),
         set(SCHEMA["properties"]["option-style"]["enum"]))
    readme = (CHIPS / "README.md").read_text(encoding="utf-8")
    for word in SCHEMA["properties"]["flags"]["items"]["enum"]:
        assert f"| `{word}` |" in readme, f"README.md does not explain the flag {word}"


@tap.case
def words_are_used():
    """every kind and every fault in words.xml is used by a chip, and every one that is used is there"""
    kinds, faults = set(), set()
    for _, keys in each_chip():
        values = to_object(keys)
        faults.update(item.rpartition(": ")[2] for item in values.get("bugs", []))
        for key, fields in values.items():
            if key.startswith("options-0x"):
                for field in fields:
                    if not field.startswith("write "):
                        name = re.match(r"(\w+)(?:\(([\w.]+)\))?@", field)
                        kinds.add(name[2] or name[1])
    same("kinds", kinds, {kind.get("id") for kind in WORDS.iter("kind")})
    same("faults", faults, {fault.get("id") for fault in WORDS.iter("fault")})


@tap.case
def words_are_sentences():
    """what words.xml says is in sentences, of one line each"""
    for element in WORDS.iter():
        text = (element.text or "").strip()
        if element.tag in ("what", "risk", "fault"):
            assert re.fullmatch(r"[A-Z][^\n]*\.", text), text
        elif element.tag in ("value", "other"):
            assert text and "\n" not in text and not text.endswith("."), text
        assert "--" not in text and "  " not in text, text


BROKEN = [  # key, value (None: left out), what the message names
    ("name", None, "name"), ("name", "G0B1", "name"), ("core", "ARM7", "core"),
    ("flash", "0x08000000+512K", "flash"), ("flash-kib", "512K", "flash-kib"), ("flash-kib", "0", "flash-kib"),
    ("program-unit", "2", "program-unit"), ("program-unit", "12", "program-unit"), ("program-unit", None, "program-unit"),
    ("erased-value", "0xFE", "erased-value"), ("overwrite", "allowed", "overwrite"),
    ("erase-command", "0x45", "erase-command"),
    ("ram", "0x20000000-0x20023FFF", "ram"), ("system", "0x1FFF0000+0x7000, 0x1FFF8000+0x7000", "system"),
    ("otp", "0x1FFF7000", "otp"), ("usarts", "USART1 PA9/PA10, USART2 PA2/PA3", "usarts"),
    ("usarts", "USART1 PA9", "usarts"), ("usarts", None, "usarts"), ("boot0-pin", "PZ1", "boot0-pin"),
    ("flags", "boot0-ignored; fast", "flags"), ("flags", "no-jump; no-jump", "flags"),
    ("boot-entry", "The BOOT0 pin must be high.", "boot-entry"), ("boot-entry", None, "boot-entry"),
    ("bugs", "V9.2: Erasing fails", "bugs"), ("bugs", "9.2: no-size", "bugs"), ("versions", "0x92 9.2", "versions"),
    ("sources", None, "sources"), ("sources", "me", "sources"), ("notes", None, "notes"),
    ("layout-512-dual", "128 x 2K", "layout-512-dual"), ("layout-512-twin", "256x2K", "layout-512-twin"),
    ("layout-512-single", "256x2K; when DUAL_BANK=2", "layout-512-single"),
    ("layout-512-dual", "128x2K + 128x2K #128|", "layout-512-dual"),
    ("layout-512-dual", "128x2K + 128x2K #128/256", "layout-512-dual"),
    ("option-style", "words", "option-style"), ("option-sources", None, "option-sources"),
    ("options-0x1FFF7800", "RDP@0:8=0xAA; nBOOT0@32", "options-0x1FFF7800"),
    ("options-0x1FFF7800", "RDP 0:8", "options-0x1FFF7800"), ("options-1FFF7800", "RDP@0:8", "options-1FFF7800"),
    ("write-protect", "pages WRP1A_STRT", "write-protect"), ("write-protect", "bits WRP0 each page", "write-protect"),
    ("erase-page-ms", "40 ms", "erase-page-ms"), ("max-erase-pages", "101", "max-erase-pages"),
    ("parity", "odd", "parity"), ("colour", "red", "colour"),
]


def check_broken(key, value, named):
    keys = dict(next(keys for where, keys in each_chip() if where == "g0.ini [0x467]"))
    assert not problems(keys)
    if value is None:
        del keys[key]
    else:
        keys[key] = value
    found = problems(keys)
    assert any(named in problem for problem in found), found


for broken in BROKEN:
    def case(broken=broken):
        check_broken(*broken)
    case.__doc__ = f"refused: {broken[0]}={broken[1]}" if broken[1] is not None else f"refused: without {broken[0]}"
    tap.case(case)

tap.run()
