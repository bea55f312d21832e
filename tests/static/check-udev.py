#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the udev rules as udev does: Debian 12's udevadm has no "verify" yet."""
import re
import sys

TOKEN = re.compile(r'\s*(?P<key>[A-Z_]+)(?:\{(?P<attribute>[^}]+)\})?(?P<op>==|!=|\+=|:=|=)"(?P<value>[^"]*)"\s*(?:,|$)')
MATCHES = {"ACTION", "SUBSYSTEM", "ATTRS", "KERNEL"}
ASSIGNMENTS = {"TAG", "ENV", "GOTO", "LABEL"}

labels, targets, vendors = set(), set(), {}
with open(sys.argv[1], encoding="utf-8") as file:
    for number, line in enumerate(file, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        at, keys = 0, {}
        while at < len(line):
            token = TOKEN.match(line, at)
            assert token, f"line {number}: cannot be read from “{line[at:]}” on"
            key, op, value = token["key"], token["op"], token["value"]
            assert key in MATCHES | ASSIGNMENTS, f"line {number}: {key}"
            assert (op in ("==", "!=")) == (key in MATCHES), f"line {number}: {key}{op}"
            keys[f"{key}{{{token['attribute']}}}" if token["attribute"] else key] = value
            at = token.end()
        labels |= {keys["LABEL"]} if "LABEL" in keys else set()
        targets |= {keys["GOTO"]} if "GOTO" in keys else set()
        if "ATTRS{idVendor}" in keys:
            vendor = keys["ATTRS{idVendor}"]
            assert re.fullmatch("[0-9a-f]{4}", vendor), f"line {number}: vendor {vendor}"
            products = keys["ATTRS{idProduct}"].split("|")
            assert all(re.fullmatch("[0-9a-f]{4}", p) for p in products), f"line {number}: {products}"
            assert keys.get("TAG") == "uaccess", f"line {number}: gives nobody access"
            assert not vendors.get(vendor, set()) & set(products), f"line {number}: a product stands twice"
            vendors.setdefault(vendor, set()).update(products)
assert targets <= labels, f"GOTO without LABEL: {targets - labels}"
assert {"10c4", "0403", "1a86", "067b"} <= vendors.keys(), vendors
print("ok")
