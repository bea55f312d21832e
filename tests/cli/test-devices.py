#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The database of chips against tests/data/reference/devices.csv, row by row: test-devices.py CLI SOURCE-ROOT.

Where the program differs on purpose, a table says why. A difference that the table does not explain fails, and so does
an entry that explains nothing.
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
REFERENCE = pathlib.Path(TOP) / "tests/data/reference"
LIMIT = 120  # seconds, for a run of the program that hangs
KIB = 1024

# What the program says on purpose otherwise than a column of devices.csv: why.
DOUBLE_WORDS = "the last word's complement belongs to the option bytes"
DATA_FLASH = "it is there only while the option EDATA_EN is set, and a single source has it"
DIFFERENT = {
    ("0x418", "versions"): "they have no identifier: a word at 0x1FFFB004 tells them apart, which the notes say",
    ("0x423", "versions"): "the identifier 0xD1 is V13.1, as on its sister 0x433",
    ("0x459", "versions"): "the identifier 0xB0 is V11.0; that AN2606 says V11.1 elsewhere is in the notes",
    ("0x470", "versions"): "the identifier 0x95 is V9.5; that AN2606 says V9.0 elsewhere is in the notes",
    ("0x429", "option_areas"): "these chips have at most 128 KiB, and no option bytes behind WRP1",
    ("0x449", "option_areas"): "there is no option byte behind BOOT_ADD1",
    ("0x451", "option_areas"): "there is no option byte behind BOOT_ADD1",
    ("0x44E", "eeprom"): DATA_FLASH,
    ("0x44F", "eeprom"): DATA_FLASH,
    ("0x45A", "eeprom"): DATA_FLASH,
    ("0x453", "ram_reserved"): "AN2606's range is impossible, as the table says; the section text counts",
    ("0x478", "bootloader_id"): "the address in AN2606's table 3 is outside the system memory; the other one is inside",
}


def ask(*arguments):
    run = subprocess.run([CLI, "--json", "devices", *arguments], capture_output=True, text=True, timeout=LIMIT, check=True)
    return json.loads(run.stdout)["devices"]


def table(name):
    with open(REFERENCE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = table("devices.csv")
CHIPS = {chip["pid"]: chip for chip in ask()}


def hexes(text):
    return [int(number, 16) for number in re.findall(r"\b0x[0-9A-Fa-f]+", text)]


# One function a column: what is wrong with the chip, or None.

def name(chip, row):
    if chip["name"] != "STM32" + row["product_line"].removeprefix("STM32"):
        return f"{chip['name']!r}, not {row['product_line']!r}"


def series(chip, row):
    if chip["series"] != row["series"]:
        return f"{chip['series']}, not {row['series']}"


def core(chip, row):
    if chip["core"] != row["core"]:
        return f"{chip['core']}, not {row['core']}"


def flash_start(chip, row):
    if chip["flash_start"] != int(row["flash_start"], 16):
        return f"{chip['flash_start']:#x}, not {row['flash_start']}"


def flash_kib(chip, row):
    wanted = int(row["max_flash_kib"])
    sums = {sum(r["count"] * r["size"] for r in layout["regions"]) // KIB for layout in chip["layouts"]}
    if chip["flash_kib"] != wanted or max(sums) != wanted:
        return f"{chip['flash_kib']} KiB, layouts of {sorted(sums)}, not {wanted}"
    for layout in chip["layouts"]:
        if sum(r["count"] * r["size"] for r in layout["regions"]) != layout["flash_kib"] * KIB:
            return f"the layout of {layout['flash_kib']} KiB does not add up"


def flash_size_register(chip, row):
    units = row["flash_size_mask_units"]
    wanted = None if units.startswith("peripheral register") else hexes(row["flash_size_register_addr"])[0]
    if chip["flash_size_register"] != wanted:
        return f"{chip['flash_size_register']}, not {wanted}"
    if "low 8 bits" in units and chip["flash_size_mask"] != 0xFF:
        return f"mask {chip['flash_size_mask']:#x}: only the low 8 bits count"
    if "CMSIS masks" in units and chip["flash_size_mask"] not in hexes(units):
        return f"mask {chip['flash_size_mask']:#x}: {units}"
    if "16-bit little-endian" in units and chip["flash_size_mask"] != 0xFFFF:
        return f"mask {chip['flash_size_mask']:#x}: {units}"
    codes = {int(value): int(kib) for value, kib in re.findall(r"(\d+) means (\d+)", units)}
    if {code["value"]: code["flash_kib"] for code in chip["flash_size_codes"]} != codes:
        return f"codes {chip['flash_size_codes']}, not {codes}"


def uid(chip, row):
    wanted = hexes(row["uid_addr"])
    if chip["uid"] != (wanted[0] if wanted else None):
        return f"{chip['uid']}, not {row['uid_addr']}"


def program_unit(chip, row):
    """Never less than any source asks for."""
    least = max(int(row["write_alignment_bytes"]), int(re.match(r"\d+", row["program_unit_bytes"])[0]),
                int(row["an2606_alignment_bytes"]))
    if chip["program_unit"] != least:
        return f"{chip['program_unit']}, not {least}"


def erased_value(chip, row):
    if chip["erased_value"] != int(row["erased_value"], 16):
        return f"{chip['erased_value']:#x}, not {row['erased_value']}"


def erase_command(chip, row):
    wanted = hexes(row["erase_command"])[-1] if "not established" in row["erase_command"] else hexes(row["erase_command"])[0]
    if chip["erase_command"] != wanted:
        return f"{chip['erase_command']:#x}, not {wanted:#x}"


def mass_erase(chip, row):
    text = row["mass_erase_supported"]
    if ("no-mass-erase" in chip["flags"]) != ("NOT supported" in text):
        return f"flags {chip['flags']}: {text}"
    if "bank codes NACKed" in text and "no-bank-erase" not in chip["flags"]:
        return f"flags {chip['flags']}: {text}"


def ram(chip, row):
    if chip["ram_start"] != hexes(row["ram_start"])[0] or chip["ram_kib"] != int(row["ram_kib"]):
        return f"{chip['ram_start']:#x}, {chip['ram_kib']} KiB, not {row['ram_start']}, {row['ram_kib']} KiB"


def ram_reserved(chip, row):
    """At least what any source keeps free for the bootloader at the beginning of the RAM."""
    texts = row["ram_reserved_by_bootloader"], row["ram_valid_for_bootloader_rw"]
    ram_size = chip["ram_kib"] * KIB
    least = [value for value in hexes(texts[0]) if value < 0x100000]
    firsts = [int(first, 16) - chip["ram_start"] for first in re.findall(r"(0x[0-9A-F]+)-0x", texts[1])]
    least += [first for first in firsts if 0 <= first < ram_size]
    if chip["ram_reserved"] < min(max(least, default=0), ram_size):
        return f"{chip['ram_reserved']:#x}: {texts}"


def system(chip, row):
    pieces = {piece["start"]: piece["size"] for piece in chip["system"]}
    start, length = hexes(row["system_memory_start"])[0], hexes(row["system_memory_size"])[0]
    if pieces.get(start) != length:
        return f"{pieces}, not {start:#x}+{length:#x}"
    for first, last in re.findall(r"(0x[0-9A-F]+)-(0x[0-9A-F]+)", row["system_memory_size"]):
        if pieces.get(int(first, 16)) != int(last, 16) + 1 - int(first, 16):
            return f"{pieces}: {row['system_memory_size']}"


def option_areas(chip, row):
    """"0x28 and 0x1FFFF800 0x28", "0x1FFFC000+0x10 and 0x1FFEC000+0x10", "0x20 + 0x1FF80080 8B"."""
    starts = hexes(row["option_bytes_start"])
    place = starts[0] if starts else None
    wanted = {}
    for number in re.findall(r"\b0x[0-9A-F]+|\b\d+(?=B)", re.sub(r"\(.*?\)", "", row["option_bytes_size"])):
        if int(number, 0) > 0x10000:
            place = int(number, 0)
        else:  # words come with their complements
            wanted[place] = -(-int(number, 0) // 8) * 8
    found = {area["start"]: -(-area["size"] // 8) * 8 for area in chip["option_areas"]}
    if starts and not row["option_bytes_size"]:
        return None if starts[0] in found else f"{found}: {row['option_bytes_start']}"
    if found != wanted:
        return f"{found}, not {wanted}: {row['option_bytes_start']} {row['option_bytes_size']}"


def otp(chip, row):
    text = row["otp"]
    found = chip["otp"]
    if not text or text == "none":
        return None if found is None else f"{found}: there is none"
    wanted = {"start": hexes(text)[0], "size": sum(int(n) for n in re.findall(r"(\d+)B", text))}
    if found != wanted:
        return f"{found}, not {wanted}"


def eeprom(chip, row):
    text, found = row["eeprom"], chip["eeprom"]
    largest = re.match(r"(0x[0-9A-F]+) (\d+)( KiB|B)", text)
    wanted = largest and {"start": int(largest[1], 16), "size": int(largest[2]) * (KIB if largest[3] == " KiB" else 1)}
    if found != wanted:
        return f"{found}, not {wanted}: {text}"


def bootloader_id(chip, row):
    wanted = hexes(row["bootloader_id_byte_addr"])
    if chip["bootloader_id"] != (wanted[0] if wanted else None):
        return f"{chip['bootloader_id']}, not {row['bootloader_id_byte_addr']}"


def versions(chip, row):
    """Every build that the table tells by its identifier."""
    text = row["bootloader_version_known"]
    wanted = {number & 0xFF for number in hexes(text)} if not text.startswith("none") else set()
    if not wanted <= {version["id"] for version in chip["versions"]}:
        return f"{chip['versions']}: {text}"
    names = re.findall(r"V\d+\.\d+", text)
    if names and not set(names) <= {version["name"] for version in chip["versions"]}:
        return f"{[version['name'] for version in chip['versions']]}, not {names}"


def usart(chip, row):
    """"USART1 PA9/PA10; USART2 PA5(TX)/PA15(RX)"; in brackets and behind "on", what some packages have."""
    text = re.sub(r"(\d)\((?:TX|RX)\)", r"\1", row["usart_ports_and_pins"])
    pins = re.findall(r"(P[A-K]\d+)/(P[A-K]\d+)", text)
    pins += [(pins[0][0], pin) for pin in re.findall(r"; RX (P[A-K]\d+)", text)]
    found = {(port["tx"], port["rx"]) for port in chip["usart"]}
    named = {part[0] for part in map(lambda part: re.findall(r"(P[A-K]\d+)/(P[A-K]\d+)", part), text.split(";")) if part}
    if not named <= found or not found <= set(pins):
        return f"{sorted(found)}: {row['usart_ports_and_pins']}"
    names = set(re.findall(r"(?:LP)?US?ART\d", re.sub(r"\(.*?\)", "", row["usart_ports_and_pins"])))
    if names and {port["name"] for port in chip["usart"]} != names:
        return f"{[port['name'] for port in chip['usart']]}: {row['usart_ports_and_pins']}"


def parity(chip, row):
    if chip["parity"] != ("none" if "no parity" in row["usart_ports_and_pins"] else "even"):
        return chip["parity"]


def startup(chip, row):
    times = re.sub(r"[FV][0-9.x]+", "", row["bootloader_startup_ms_min"])
    longest = max((float(number) for number in re.findall(r"\d+(?:\.\d+)?", times)), default=0)
    if chip["startup_ms"] < longest:
        return f"{chip['startup_ms']} ms: {row['bootloader_startup_ms_min']}"


def sectors(regions):
    """Address and size of each, from (start, count, size)."""
    return [(start + i * length, length) for start, count, length in regions for i in range(count)]


def read_layout(text, start):
    """"4x16K 1x64K + the same at 0x08080000", "128x2K|64x2K": sectors of each layout that the text describes."""
    text = re.sub(r"(\d+K) pages: ([\d ()MiB|]+)$",
                  lambda found: "|".join(f"{count}x{found[1]}" for count in re.findall(r"(\d+)(?= \(|$)", found[2])), text)
    text = re.sub(r"^(\d+K) pages, up to (\d+)$", r"\2x\1", text)
    text = re.sub(r"2x\((.*?)\)", r"\1 + \1", text)
    text = re.sub(r"([^;+]*?)\+ same(?: again)? at", lambda found: f"{found[1]}+ {found[1].split(':')[-1]} at", text)
    text = re.sub(r"\((\d+x\w+(?: / \d+x\w+)*)\)", r"\1", text)
    text = re.sub(r"\((?!\d+x).*?\)", "", text)
    text = re.sub(r"(\d+)x(\d+)(K?)B?\b", lambda found: f"{found[1]}x{int(found[2]) * (KIB if found[3] else 1)}", text)
    first = re.search(r"(?:\d+x\d+ ?)+", text)
    text = text.replace("..", " ".join(first[0].split()[:2]) + " ")  # as above, but for the last run
    layouts = []
    for group in text.split(";"):
        always = re.search(r"always at (0x[0-9A-F]+)", group)
        for part in re.split(r"[,|/]", group):
            banks = re.findall(r"(?:\d+x\d+ ?)+", part)
            place = re.search(r" at (0x[0-9A-F]+)", part) or (len(banks) > 1 and always)
            end, regions = start, []
            for number, bank in enumerate(banks):
                if number == 1 and place:
                    end = int(place[1], 16)
                for count, length in re.findall(r"(\d+)x(\d+)", bank):
                    regions.append((end, int(count), int(length)))
                    end += int(count) * int(length)
            if regions:
                layouts.append(sectors(regions))
    return layouts


def layouts(chip, row):
    """There is a layout for each that the table describes, sector by sector."""
    text = row["page_layout"]
    if text.startswith("as L47x"):
        text = next(other["page_layout"] for other in ROWS if other["pid_hex"] == "0x415")
    wanted = read_layout(text, chip["flash_start"])
    found = [sectors((r["start"], r["count"], r["size"]) for r in layout["regions"]) for layout in chip["layouts"]]
    if not wanted:
        return f"the text was not understood: {text}"
    for layout in wanted:
        if layout not in found:
            return f"none of {len(layout)} sectors from {layout[0]} to {layout[-1]}: {text}"


COLUMNS = [name, series, core, flash_start, flash_kib, layouts, flash_size_register, uid, program_unit, erased_value,
           erase_command, mass_erase, ram, ram_reserved, system, option_areas, otp, eeprom, bootloader_id, versions, usart,
           parity, startup]

@tap.case
def all_there():
    """devices: every product ID of the table, and no other"""
    assert len(ROWS) == len({row["pid_hex"] for row in ROWS}) >= 89
    assert list(CHIPS) == sorted(row["pid_hex"] for row in ROWS)


@tap.case
def one_chip():
    """devices PID: the same, and its option bytes"""
    for pid in ("0x467", "0x01E", "0x450"):
        chip, = ask(pid)
        for key in "option_fields", "option_notes", "option_sources":
            del chip[key]
        assert chip == CHIPS[pid], pid


@tap.case
def by_name():
    """devices NAME: what is printed on a chip; one that nobody knows is an error"""
    assert [chip["pid"] for chip in ask("STM32G0B1RET6")] == ["0x467"]
    assert [chip["pid"] for chip in ask("f103c8")] == ["0x410", "0x412", "0x414", "0x430"]
    run = subprocess.run([CLI, "devices", "STM32X7"], capture_output=True, text=True, timeout=LIMIT)
    assert run.returncode != 0 and "is called “STM32X7”" in run.stderr, run


@tap.case
def complete():
    """devices: every chip has times, ways to enter its bootloader, notes and sources"""
    for pid, chip in CHIPS.items():
        for key in "erase_page_ms", "erase_mass_ms", "program_ms", "startup_ms", "max_erase_pages":
            assert chip[key] > 0, (pid, key)
        for key in "boot_entry", "notes", "usart", "system", "sources":
            assert chip[key], (pid, key)


@tap.case
def bank_2_codes():
    """devices: from which erase codes documents number bank 2; where they disagree, the notes say so"""
    for pid, chip in CHIPS.items():
        for layout in chip["layouts"]:
            codes = layout["bank_2_codes"]
            assert (len(codes) > 0) == layout["dual_bank"], (pid, layout)
            in_bank_1 = sum(region["count"] for region in layout["regions"] if region["bank"] == 1)
            assert all(code >= in_bank_1 for code in codes) and len(set(codes)) == len(codes), (pid, layout)
            assert len(codes) < 2 or "256" in " ".join(chip["notes"]) or "numbered from" in " ".join(chip["notes"]), pid
    assert [layout["bank_2_codes"] for layout in CHIPS["0x467"]["layouts"] if layout["dual_bank"]] == \
        [[128, 256], [64, 128, 256]]


@tap.case
def faults():
    """devices: what is wrong with a bootloader is said where the table knows it"""
    said_otherwise = {  # in the boot entry, with the flag no-jump
        "0x417", "0x425", "0x447", "0x457"}
    for row in ROWS:
        chip = CHIPS[row["pid_hex"]]
        known = bool(row["known_bootloader_bugs"])
        if chip["pid"] in said_otherwise:
            assert known and "no-jump" in chip["flags"] and not chip["faults"], chip["pid"]
        else:
            assert bool(chip["faults"]) == known, (chip["pid"], chip["faults"], row["known_bootloader_bugs"])
        for fault in chip["faults"]:
            assert re.fullmatch(r"(V\d+\.\d+(, V\d+\.\d+)*: )?[A-Z].*\.", fault), fault


def compare(column):
    wrong = []
    for row in ROWS:
        pid = row["pid_hex"]
        said = column(CHIPS[pid], row)
        if said and (pid, column.__name__) not in DIFFERENT:
            wrong.append(f"{pid}: {said}")
        if not said and (pid, column.__name__) in DIFFERENT:
            wrong.append(f"{pid}: as in the table: the entry in DIFFERENT explains nothing")
    assert not wrong, "\n".join(wrong)


for column in COLUMNS:
    def check(column=column):
        compare(column)
    check.__doc__ = f"devices: as in the table: {column.__name__.replace('_', ' ')}"
    tap.case(check)

tap.run()
