#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the programs that were built: what the compiler and the linker have done for their safety, and that they open
no connection. Prints TAP.

    check-hardening.py COMPILER fortified|plain PROGRAM…

COMPILER makes a program that has none of it, which each check has to find out; "-" for Windows' programs, which it does
not know.
"""
import os
import re
import subprocess
import sys
import tempfile

# What a program would call to reach another machine.
NETWORK = re.compile(r"(socket|connect|bind|listen|accept4?|sendto|getaddrinfo|gethostbyname\w*|"
                     r"g_(socket|resolver|network|tcp|inet|proxy)_\w+|g_unix_socket\w*|soup_\w+|curl_\w+|WSAStartup)")
NETWORK_LIBRARIES = re.compile(r"lib(soup|curl|ssl|gnutls)|ws2_32|wininet|winhttp", re.IGNORECASE)
BARE = """
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
int main (int argc, char **argv)
{
  char text[64];
  strcpy (text, argv[0]);
  return puts (text) + socket (AF_INET, SOCK_STREAM, 0);
}
"""


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def look_elf(path):
    kind = re.search(r"Type:\s+(\w+)", run("readelf", "-h", path)).group(1)
    segments = run("readelf", "-lW", path)
    dynamic = run("readelf", "-dW", path)
    stack = re.search(r"GNU_STACK(?:\s+0x[0-9a-f]+){5}\s+([RWE ]{3})", segments)
    symbols = {line.split()[7].split("@")[0] for line in run("readelf", "--dyn-syms", "-W", path).split("\n")
               if " UND " in line and len(line.split()) > 7}
    return {
        "position independent": kind == "DYN",
        "relocations read-only": "GNU_RELRO" in segments,
        "bound at once": re.search(r"\(FLAGS(_1)?\).*NOW", dynamic) is not None,
        "no code on the stack": stack is not None and "E" not in stack.group(1),
        "stack protector": "__stack_chk_fail" in symbols,
        "fortified": any(re.fullmatch(r"__\w+_chk", symbol) for symbol in symbols),
        "opens no connection": not any(NETWORK.fullmatch(symbol) for symbol in symbols)
        and not NETWORK_LIBRARIES.search(dynamic),
    }


def look_windows(path):
    headers = run("x86_64-w64-mingw32-objdump", "-p", path)
    libraries = " ".join(re.findall(r"DLL Name: (\S+)", headers))
    return {
        "position independent": "DYNAMIC_BASE" in headers
        and ".reloc" in run("x86_64-w64-mingw32-objdump", "-h", path),
        "high addresses": "HIGH_ENTROPY_VA" in headers,
        "no code in data": "NX_COMPAT" in headers,
        "opens no connection": not NETWORK_LIBRARIES.search(libraries),
    }


def make_bare(compiler, folder):
    source = os.path.join(folder, "bare.c")
    program = os.path.join(folder, "bare")
    with open(source, "w", encoding="utf-8") as file:
        file.write(BARE)
    subprocess.run([*compiler.split(), "-w", "-O0", "-U_FORTIFY_SOURCE", "-fno-stack-protector", "-fno-pie", "-no-pie",
                    "-Wl,-z,norelro,-z,lazy,-z,execstack", "-o", program, source], check=True, stderr=subprocess.DEVNULL)
    return look_elf(program)


def main(compiler, fortified, programs):
    rows = []
    if compiler != "-":
        with tempfile.TemporaryDirectory() as folder:
            bare = make_bare(compiler, folder)
        rows += [(f"a program without it is found out: {name}", not good) for name, good in bare.items()]
    for program in programs:
        found = look_windows(program) if program.endswith(".exe") else look_elf(program)
        if fortified != "fortified":
            found.pop("fortified", None)
        rows += [(f"{os.path.basename(program)}: {name}", good) for name, good in found.items()]
    print(f"1..{len(rows)}")
    for number, (name, good) in enumerate(rows, 1):
        print(f"{'ok' if good else 'not ok'} {number} {name}")
    return 0 if all(good for _, good in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
