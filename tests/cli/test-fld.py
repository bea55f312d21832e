#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts of STMFlashLoader.exe, against simulated boards: test-fld.py CLI SIM."""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI, SIM = map(os.path.abspath, sys.argv[1:3])  # scripts run in a folder of their own
FOLDER = tempfile.TemporaryDirectory(prefix="flashloader-fld-")
HERE = pathlib.Path(FOLDER.name)
OLD = HERE / "STMFlashLoader"  # the old name, in another folder
OLD.symlink_to(CLI)
LIMIT = 240  # seconds, for a run of the program that hangs
FLASH = 0x08000000


def run(line, expect=0, program=CLI, folder=HERE, **words):
    """Runs a script, one line as in a batch file; words in braces are filled in."""
    arguments = line.format(**words).split()
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=LIMIT, cwd=folder)
    assert done.returncode == expect, f"{line}: exit {done.returncode}, not {expect}\n{done.stdout}\n{done.stderr}"
    assert done.stderr == "", done.stderr
    return done.stdout


def steps(text):
    """The lines of the old program, without their tabs and page numbers: what, and how it ended."""
    found = re.findall(r"^(\S.*?)\s*\[(OK|KO)\]$", text, re.MULTILINE)
    names = [label.split("\t")[0].strip() + " " + ended for label, ended in found]
    return [name for i, name in enumerate(names) if i == 0 or name != names[i - 1]]


def board(pid, name, more=""):
    """A simulated board that lasts from one script to the next."""
    return f"sim:{pid},state={HERE / name}.board{more}"


def image(name, size, seed=1):
    path = HERE / name
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def hexfile(name, size, seed=1, address=FLASH):
    path = HERE / name
    source = image(f"{name}.raw", size, seed)
    subprocess.run(["srec_cat", source, "-binary", "-offset", hex(address), "-o", path,
                    "-motorola" if name.endswith(".s19") else "-intel"], check=True)
    return path


def flash(port):
    """What the board holds, by the new grammar: the two must agree."""
    out = HERE / "read-back.bin"
    subprocess.run([CLI, "--quiet", "read", out, "--port", port], check=True, timeout=LIMIT)
    return out.read_bytes()


def holds(port, path, at=0):
    data = path.read_bytes()
    return flash(port)[at:at + len(data)] == data


class Served:
    """A board on a pty, which carries no parity."""

    def __init__(self, *arguments):
        self.link = str(HERE / f"tty-{time.monotonic_ns()}")
        self.process = subprocess.Popen([SIM, "--pty", self.link, "--clock", "fast", *arguments],
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        assert self.process.stdout.readline().startswith("ready")
        return self.link

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(LIMIT)


# --- the scripts that are in public use ---

@tap.case
def public_lines():
    """a public script: an F4, line switches before the bootloader is called and at the end"""
    path, port = hexfile("x.hex", 20000), board("0x413", "f4")
    said = run("-c --pn {port} --br 115200 --db 8 --pr EVEN --sb 1 --ec OFF --to 10000 --co ON -Dtr --Lo -Rts --Hi "
               "-Dtr --Hi -i STM32F4_05_07_15_17_1024K -e --all -d --fn {path} -Dtr --Lo -Rts --Lo -Dtr --Hi",
               port=port, path=path)
    assert steps(said) == ["Opening Port OK", "Reset Dtr line OK", "Set Rts line OK", "Set Dtr line OK",
                           "Activating device OK", "erasing all pages OK", "downloading OK", "Reset Dtr line OK",
                           "Reset Rts line OK", "Set Dtr line OK"], said
    assert "Warning" not in said and "Not verified" in said, said
    assert holds(port, HERE / "x.hex.raw")


@tap.case
def public_parity():
    """a public script: an F3 without parity, then a value of the option bytes with its complement"""
    path = hexfile("f3.hex", 9000)
    with Served("--device", "0x432") as port:
        said = run("-c --pn {port} --br 115200 --db 8 --pr NONE -i STM32F3_7x_8x_256K -e --all -d --fn {path} -u --fn "
                   "all.bin -o --set --vals --User 0xF00F", port=port, path=path)
        assert steps(said) == ["Opening Port OK", "Activating device OK", "erasing all pages OK", "downloading OK",
                               "Uploading OK", "Writing data OK", "Setting Option bytes data OK",
                               "Resetting device OK"], said
        assert (HERE / "all.bin").read_bytes()[:9000] == (HERE / "f3.hex.raw").read_bytes()
        # User is 0F: nBOOT1=0, so that BOOT0 does not start the bootloader any more. That it stays away is no failure,
        # and no reason to say that anything was read back.
        assert "nBOOT1: 1" in said and "not read back" in said, said
        assert "No response from the target" in run("-c --pn {port} --pr NONE --to 500 -i", port=port, expect=3)
    # On a wire that does carry parity it cannot work, and that is said.
    said = run("-c --pn sim:0x432 --br 115200 --pr NONE -i STM32F3_7x_8x_256K", expect=4)
    assert "8E1" in said and "parity" in said, said


@tap.case
def public_sectors():
    """a public script: sectors by their codes, a binary at an address without 0x, verified"""
    path, port = image("f.bin", 40000), board("0x414", "f1-high", ",flash=256")
    codes = " ".join(map(str, range(20)))
    said = run("-c --pn {port} --br 115200 -i STM32_High-density_256K -e --sec 20 {codes} -d --a 8000000 --fn {path} --v",
               port=port, path=path, codes=codes)
    assert steps(said) == ["Opening Port OK", "Activating device OK",
                           "erasing 20 sectors : " + "".join(f"<{i}>" for i in range(20)) + " OK", "downloading OK",
                           "verifying OK"], said
    assert "Written and verified: 40000 bytes" in said and "Not verified" not in said, said
    assert said.count("downloading ") == said.count("verifying ") == 20, said
    assert "downloading \t page 1 \t @0x  8000800 \t size 2.00(KB) \t [OK]" in said, said
    assert holds(port, path)


@tap.case
def public_run():
    """a public script: --a behind --fn, with 0x, and Go at the end"""
    path, port = image("g.bin", 3000), board("0x410", "f1-med", ",flash=64")
    said = run("-c --pn {port} --br 230400 -i STM32_Med-density_64K -e --all -d --fn {path} --a 0x8000000 -r --a 0x8000000",
               port=port, path=path)
    assert steps(said)[-1] == "Your code is running... OK" and "Warning" not in said, said
    assert holds(port, path)


# --- the grammar ---

@tap.case
def order_and_formats():
    """-d: the order of its parameters does not matter; hex and S-record say themselves where they belong"""
    path, port = image("o.bin", 2048, seed=2), board("0x410", "order")
    for line in ("-d --a 8004000 --fn {path} --v", "-d --fn {path} --a 0x08004000 --v", "-D --V --FN {path} --A 8004000"):
        run("-c --pn {port} -e --all " + line, port=port, path=path)
        assert holds(port, path, at=0x4000), line
    for name in ("o.hex", "o.s19"):
        path = hexfile(name, 2048, seed=3, address=FLASH + 0x2000)
        said = run("-c --pn {port} -e --all -d --a 8000000 --fn {path} --v", port=port, path=path)
        assert "--a is not used" in said and holds(port, HERE / f"{name}.raw", at=0x2000), said


@tap.case
def both_names():
    """the old name of the program makes every command line a script; ours needs one of the old options first"""
    assert steps(run("-c --pn sim:0x410 -i", program=OLD)) == ["Opening Port OK", "Activating device OK"]
    assert "bad parameter [info]" in run("info --port sim:0x410", program=OLD, expect=1)
    assert "-e --all" in run("-?", program=OLD) and run("-?") == run("-?", program=OLD)
    assert "nothing to do" in run("", program=OLD, expect=1)
    assert "PID 0x410" in run("-c --pn sim:0x410 -i STM32_Med-density_128K")
    ours = subprocess.run([CLI, "info", "-p", "sim:0x410"], capture_output=True, text=True, timeout=LIMIT)
    assert ours.returncode == 0 and "[OK]" in ours.stdout and "Opening Port" not in ours.stdout, ours


@tap.case
def names_of_maps():
    """-i: a name that contradicts the chip is a warning, and the chip's own data are used"""
    path, port = image("n.bin", 5000), board("0x410", "name")
    said = run("-c --pn {port} -i STM32F4_05_07_15_17_1024K -e --all -d --fn {path} --v", port=port, path=path)
    assert "Warning: STM32F4_05_07_15_17_1024K is for another chip" in said and holds(port, path), said
    assert "64 KiB" in run("-c --pn {port} -i STM32_Med-density_64K", port=port)


@tap.case
def map_for_an_unknown_chip():
    """-i: a chip that nobody knows is programmed with Map/NAME.STmap, and refused without"""
    port, path = board("0x467", "unknown", ",flash=128,pid=0x7FF"), image("u.bin", 9000)
    line = "-c --pn {port} -i STM32_Mine_128K -e --all -d --fn {path} --v"
    said = run("-c --pn {port} -i STM32_Mine_128K -d --fn {path}", port=port, path=path, expect=8)
    assert "Map/STM32_Mine_128K.STmap" in said and steps(said)[-1] == "downloading KO", said
    said = run("-c --pn {port} -u --fn never.bin", port=port, expect=8)
    assert steps(said)[-1] == "Uploading KO" and not (HERE / "never.bin").exists(), said
    lines = ["[Product]", "Name = STM32_Mine_128K", "PID = 07FF", "FlashSize = 0080", "PacketSize = FF", "ACKVAL = 79",
             "MAPNAME = Pages", "PagesPerSector = 1", "family = 7;"]
    for page in range(64):
        lines += [f"[Page{page}]", f"Index={page:02X}", f"Address={FLASH + page * 2048:08X}", "Size=00000800", "Type=111"]
    (HERE / "Map").mkdir()
    (HERE / "Map/STM32_Mine_128K.STmap").write_text("\r\n".join(lines), newline="")
    # A map that does not serve says why.
    own = (HERE / "Map/STM32_Mine_128K.STmap").read_text()
    for text, part in ((own.replace("07FF", "07FE"), "was not used"), (own.replace("Index=00", "Index=0x"), "line")):
        (HERE / "Map/STM32_Mine_128K.STmap").write_text(text, newline="")
        said = run(line, port=port, path=path, expect=8)
        assert part in said and "erasing all pages" in said, said
    (HERE / "Map/STM32_Mine_128K.STmap").write_text(own, newline="")
    said = run(line, port=port, path=path)
    assert "nothing of it was checked" in said and steps(said)[-1] == "verifying OK", said


@tap.case
def map_beside_a_known_chip():
    """-i: the maps of the old program lie about in its folder; for known chips not a word is lost about them"""
    (HERE / "Map").mkdir(exist_ok=True)
    (HERE / "Map/STM32_Med-density_128K.STmap").write_text("[Product]\r\nPID=0410\r\n[Page0]\r\nnonsense")
    said = run("-c --pn sim:0x410 -i STM32_Med-density_128K -e --sec 1 127")
    assert "Warning" not in said and "map" not in said.lower(), said


@tap.case
def upload():
    """-u: the whole flash, in the format of the file's name"""
    path, port = image("all.bin", 64 * 1024, seed=4), board("0x410", "upload", ",flash=64")
    run("-c --pn {port} -e --all -d --fn {path} --v", port=port, path=path)
    said = run("-c --pn {port} -u --fn out.bin -u --fn out.hex -u --fn out.s19", port=port)
    assert "Uploaded data is dumped on out.bin" in said, said
    assert (HERE / "out.bin").read_bytes() == path.read_bytes()
    for name, kind in (("out.hex", "-intel"), ("out.s19", "-motorola")):
        subprocess.run(["srec_cat", HERE / name, kind, "-offset", hex(-FLASH), "-o", HERE / "back.bin", "-binary"],
                       check=True)
        assert (HERE / "back.bin").read_bytes() == path.read_bytes(), name
    # What one step writes the next one may read: it need not be there before.
    run("-c --pn {port} -u --fn new.bin -e --all -d --fn new.bin --v", port=port)
    assert holds(port, path)


@tap.case
def sectors_and_blank():
    """-e --sec: only these; -d --o: what is blank is not written"""
    port = board("0x410", "sec")
    full = image("full.bin", 128 * 1024, seed=5)
    run("-c --pn {port} -e --all -d --fn {path} --v", port=port, path=full)
    run("-c --pn {port} -e --sec 2 3 120", port=port)
    wanted = bytearray(full.read_bytes())
    for page in (3, 120):
        wanted[page * 1024:(page + 1) * 1024] = b"\xff" * 1024
    assert flash(port) == wanted
    assert "code 128" in run("-c --pn {port} -e --sec 1 128", port=port, expect=8)
    assert flash(port) == wanted
    gap = HERE / "gap.bin"
    gap.write_bytes(b"A" * 1024 + b"\xff" * 4096 + b"B" * 1024)
    for more, pages in (("", 6), (" --o", 2)):
        said = run("-c --pn {port} -e --all -d --fn {path} --v" + more, port=port, path=gap)
        assert said.count("downloading ") == pages and said.count("verifying ") == 6, said
        assert holds(port, gap)


@tap.case
def lines_are_seen():
    """-Dtr, -Rts: a wired board enters its bootloader by them, and its application at the end"""
    wired = ",wired=1,blank=0,talks=1"
    enter, leave = "-Dtr --Hi -Rts --Hi -Dtr --Lo", "-Rts --Lo -Dtr --Hi -Dtr --Lo"
    said = run("-c --pn {port} --br 115200 " + enter + " -i " + leave, port="sim:0x410" + wired)
    assert steps(said) == ["Opening Port OK", "Set Dtr line OK", "Set Rts line OK", "Reset Dtr line OK",
                           "Activating device OK", "Reset Rts line OK", "Set Dtr line OK", "Reset Dtr line OK"], said
    # With BOOT0 low the application starts, and the bootloader is called in vain.
    said = run("-c --pn {port} --br 115200 --to 1000 " + leave + " -i", port="sim:0x410" + wired, expect=3)
    assert steps(said)[-1] == "Activating device KO", said
    # After the end of one script the lines do what they did: also behind -r, where the bootloader is gone.
    said = run("-c --pn {port} " + enter + " -r " + leave + " " + enter + " -i", port="sim:0x410" + wired)
    assert steps(said)[-1] == "Activating device OK" and said.count("Activating device") == 2, said


@tap.case
def two_boards():
    """-c: a second one begins with another board"""
    path, ports = image("two.bin", 1500), [board("0x410", "one"), board("0x413", "two")]
    said = run("-c --pn {a} -e --all -d --fn {path} --v -c --pn {b} -e --all -d --fn {path} --v", a=ports[0], b=ports[1],
               path=path)
    assert said.count("Activating device") == 2 and all(holds(port, path) for port in ports), said


@tap.case
def echo():
    """--ec LISTEN: what is sent comes back, and is taken for that; without an echo it says so"""
    scenario = HERE / "echo.json"
    scenario.write_text(json.dumps({"id": "one-wire", "device_pid": "0x410", "behaviour": {"echo": True}}))
    path = image("echo.bin", 3000)
    run("-c --pn sim:{scenario} --br 115200 --ec LISTEN -e --all -d --fn {path} --v", scenario=scenario, path=path)
    assert "line echoes" in run("-c --pn sim:{scenario} --br 115200 --to 500 -i", scenario=scenario, expect=3)
    assert "no echo" in run("-c --pn sim:0x410 --ec LISTEN --to 500 -i", expect=3)


# --- what goes wrong ---

@tap.case
def never_a_false_ok():
    """-d onto flash that was not erased: read back also without --v, and KO when it does not hold the file"""
    port = board("0x410", "false")
    first, second = image("first.bin", 3000, seed=6), image("second.bin", 3000, seed=7)
    run("-c --pn {port} -e --all -d --fn {path}", port=port, path=first)
    said = run("-c --pn {port} -d --fn {path}", port=port, path=second, expect=6)
    assert "verifying KO" in steps(said) and "-e --all before -d" in said, said
    assert "nothing was changed" not in said and "Error: verify, exit code 6" in said, said
    # Erased in part only, and written twice: likewise.
    run("-c --pn {port} -e --sec 2 0 1 -d --fn {path}", port=port, path=second, expect=6)
    run("-c --pn {port} -e --all -d --fn {a} -d --fn {b}", port=port, a=first, b=second, expect=6)
    said = run("-c --pn {port} -e --sec 3 0 1 2 -d --fn {path}", port=port, path=second)
    assert "Not verified" in said and "verifying" not in said and holds(port, second), said


@tap.case
def no_answer():
    """no bootloader: 3, in the old words and in ours"""
    said = run("-c --pn sim:0x410,deaf=1 --to 1000 -e --all", expect=3)
    assert steps(said) == ["Opening Port OK", "Activating device KO"], said
    assert "No response from the target, the Boot loader can not be started." in said, said
    assert "BOOT0" in said and "Error: no-answer, exit code 3" in said, said
    assert "at 57600 8E1" in said, said
    said = run("-c --pn sim:0x410,deaf=1 --to 1000 --br 9600 --pr ODD --sb 2 -i", expect=3)
    assert "at 9600 8O2" in said, said


@tap.case
def no_port():
    """no such port, or a number where ports have none: 2, 1"""
    said = run("-c --pn /dev/ttyNONE -e --all", expect=2)
    assert steps(said) == ["Opening Port KO"] and "Cannot open the com port" in said, said
    assert "Error: port-missing, exit code 2" in said, said
    for line in ("-c --pn 5", "-c"):
        said = run(line, expect=1)
        assert "/dev/ttyUSB0" in said and steps(said) == ["Opening Port KO"], said


@tap.case
def bad_files():
    """a file that is missing, damaged or too long: 7, 8; known before anything is erased"""
    port, path = board("0x410", "files"), image("keep.bin", 5000, seed=8)
    run("-c --pn {port} -e --all -d --fn {path} --v", port=port, path=path)
    said = run("-c --pn {port} -e --all -d --fn none.hex", port=port, expect=7)
    assert steps(said) == ["file does not exist none.hex KO"], said
    (HERE / "bad.hex").write_text(":10000000000102030405060708090A0B0C0D0E0FFF\n:00000001FF\n")
    said = run("-c --pn {port} -e --all -d --fn bad.hex", port=port, expect=7)
    assert steps(said) == ["cannot open file bad.hex KO"] and "Line 1" in said, said
    assert "file does not exist" in run("-c --pn {port} -o --set --fn none.bin", port=port, expect=7)
    image("long.bin", 129 * 1024)
    said = run("-c --pn {port} -d --fn long.bin", port=port, expect=8)
    assert steps(said)[-1] == "downloading KO" and "128 KiB" in said, said
    said = run("-c --pn {port} -e --all -d --a 20000000 --fn {path}", port=port, path=path, expect=8)
    assert "0x20000000" in said, said
    run("-c --pn {port} -d --fn {path} --a 8000000 --q", port=port, path=path, expect=1)
    run("-c --pn {port} -u --fn no-such-folder/out.bin", port=port, expect=7)


@tap.case
def protected():
    """a protected chip: 5, and what takes the protection off"""
    for line in ("-e --all", "-u --fn never.bin", "-o --get --fn never.bin", "-o --set --vals --Data0 1", "-p --erp",
                 "-p --ewp 1 0", "-p --dwp", "-r"):
        said = run("-c --pn sim:0x410,rdp=1 " + line, expect=5)
        assert steps(said)[-1].endswith(" KO") and "Error: protected, exit code 5" in said, (line, said)
    assert not (HERE / "never.bin").exists()


@tap.case
def nothing_after_a_failure():
    """a step that fails is the last one"""
    said = run("-c --pn sim:0x410 -e --sec 1 500 -e --all -Dtr --Hi", expect=8)
    assert steps(said)[-1] == "erasing 1 sectors : <500> KO", said


@tap.case
def lines_come_at_once():
    """output through a pipe comes line by line, and no key is waited for"""
    with subprocess.Popen([CLI, "-c", "--pn", "sim:0x410,deaf=1,clock=real", "--to", "60000", "-i"], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().startswith("Opening Port"), "not while it works"
        process.terminate()
        assert process.wait(LIMIT) == 9
        assert "Error: cancelled, exit code 9" in process.stdout.read()


# --- protection and option bytes ---

@tap.case
def readout_protection():
    """-p --erp, then --drp: says what is lost, and wipes"""
    port, path = board("0x410", "rdp"), image("secret.bin", 2000)
    run("-c --pn {port} -e --all -d --fn {path} --v", port=port, path=path)
    said = run("-c --pn {port} -p --erp", port=port)
    assert steps(said)[-2:] == ["enabling read protection OK", "reseting device OK"], said
    run("-c --pn {port} -u --fn never.bin", port=port, expect=5)
    said = run("-c --pn {port} -i STM32_Med-density_128K -p --drp -d --fn {path}", port=port, path=path)
    assert "disabling read protection OK" in steps(said) and "This erases ALL of the flash" in said, said
    assert "Not verified" in said and holds(port, path), said
    # A chip that was open before is as blank afterwards: scripts rely on it.
    said = run("-c --pn {port} -p --drp", port=port)
    assert "not read-protected" in said and flash(port) == b"\xff" * 128 * 1024, said


@tap.case
def write_protection():
    """-p --ewp: those sectors, and no others; --dwp takes all away"""
    port, path = board("0x410", "wrp"), image("wrp.bin", 128 * 1024)
    said = run("-c --pn {port} -p --ewp 2 0 9", port=port)
    assert "0-3, 8-11" in said and steps(said)[-2:] == ["enabling write protection OK", "reseting device OK"], said
    run("-c --pn {port} -d --fn {path}", port=port, path=path, expect=5)
    run("-c --pn {port} -p --ewp 4 4 5 6 7 -o --get --fn wrp.opt", port=port)
    assert (HERE / "wrp.opt").read_bytes()[8:10] == b"\xfd\x02"
    said = run("-c --pn {port} -p --dwp -e --all -d --fn {path} --v", port=port, path=path)
    assert "disabling write protection OK" in steps(said) and holds(port, path), said


@tap.case
def option_values():
    """-o: set by value and from a file, and read again, on an F1; Data0 and Data1 too"""
    port = board("0x410", "opt")
    run("-c --pn {port} -o --get --fn new.opt", port=port)
    new = (HERE / "new.opt").read_bytes()
    assert new.hex() == "a55aff00" + "ff00" * 6
    said = run("-c --pn {port} -o --set --vals --Data0 5A --Data1 0xA5 --User FE --WRP0 FE --WRP3 0x7F -o --get --fn a.opt",
               port=port)
    assert steps(said)[2:] == ["Setting Option bytes data OK", "Resetting device OK", "Getting Option bytes data OK",
                               "Saving Option bytes data OK"], said
    assert (HERE / "a.opt").read_bytes().hex() == "a55afe015aa5a55afe01ff00ff007f80", (HERE / "a.opt").read_bytes().hex()
    said = run("-c --pn {port} -o --set --fn new.opt -o --get --fn b.hex", port=port)
    subprocess.run(["srec_cat", HERE / "b.hex", "-intel", "-offset", "-0x1FFFF800", "-o", HERE / "b.opt", "-binary"],
                   check=True)
    assert (HERE / "b.opt").read_bytes() == new
    run("-c --pn {port} -o --set --fn b.hex", port=port)
    # Two lower-case words that the old program accepted, and did not do.
    run("-c --pn {port} -o --set --vals --data0 12 --data1 34 -o --get --fn c.opt", port=port)
    assert (HERE / "c.opt").read_bytes()[4:8].hex() == "12ed34cb"


@tap.case
def option_refusals():
    """-o --set: what could close the chip for good, what it has not, and files of other chips are refused"""
    for pid in ("0x440", "0x413", "0x460"):
        said = run("-c --pn sim:{pid} -o --set --vals --RDP CC", pid=pid, expect=1)
        assert "A script cannot agree to that" in said and "Error: needs-consent" in said, said
        assert steps(said)[-1] == "Setting Option bytes data KO", said
    said = run("-c --pn sim:0x413 -o --set --vals --User 0F", expect=5)
    assert "no option byte User" in said, said
    assert "no option byte WRP1" in run("-c --pn sim:0x412 -o --set --vals --WRP1 0F", expect=5)
    damaged = bytearray.fromhex("a55aff00" + "ff00" * 6)
    damaged[5] = 1
    (HERE / "damaged.opt").write_bytes(damaged)
    assert "0x1FFFF804" in run("-c --pn sim:0x410 -o --set --fn damaged.opt", expect=7)
    hexfile("elsewhere.hex", 16, address=0x1FFFC000)
    assert "0x1FFFF800" in run("-c --pn sim:0x410 -o --set --fn elsewhere.hex", expect=8)
    image("too-long.opt", 17)
    run("-c --pn sim:0x410 -o --set --fn too-long.opt", expect=8)
    assert "nothing is written" in run("-c --pn sim:0x410 -o --set --vals --RDP A5")


@tap.case
def option_bytes_of_others():
    """-o --get, then --set --fn: the same on families whose option bytes lie otherwise"""
    for pid in ("0x432", "0x413", "0x417", "0x460", "0x415"):
        port = board(pid, f"others-{pid}")
        run("-c --pn {port} -o --get --fn {pid}.bin", port=port, pid=pid)
        said = run("-c --pn {port} -o --set --fn {pid}.bin", port=port, pid=pid)
        assert "nothing is written" in said and (HERE / f"{pid}.bin").stat().st_size >= 8, (pid, said)
    said = run("-c --pn {port} -o --set --vals --RDP BB", port=board("0x413", "level1"))
    assert steps(said)[2:] == ["Setting Option bytes data OK", "Resetting device OK"], said
    run("-c --pn {port} -u --fn never.bin", port=board("0x413", "level1"), expect=5)


tap.run()
