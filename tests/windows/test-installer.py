#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer, under Wine: installs, what is installed works, and uninstalls without a trace.

  test-installer.py BUILD-FOLDER SOURCE-FOLDER PTY-SHIM PATH-ENTRY
BUILD-FOLDER is _build-windows, where package.sh has put the installer. FLASHLOADER_SIM is a flashloader-sim for this system.
"""
import contextlib
import filecmp
import json
import os
import pathlib
import re
import select
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap
import wine

BUILD, SOURCE, SHIM, PATH_ENTRY = (pathlib.Path(argument) for argument in sys.argv[1:5])
SIM = os.environ.get("FLASHLOADER_SIM", str(SOURCE / "_build/src/sim/flashloader-sim"))
STAGE = BUILD / "stage"
ARTEFACTS = BUILD / "artefacts"
VERSION = re.search(r"version: '(.*?)'", (SOURCE / "meson.build").read_text(encoding="utf-8"))[1]
SETUP = BUILD / f"flashloader-{VERSION}-setup.exe"
PORTABLE = BUILD / f"flashloader-{VERSION}-portable.zip"
HOME = "C:\\Program Files\\Flashloader"
CLI = HOME + "\\bin\\flashloader-cli.exe"
FIRMWARE = HOME + "\\share\\flashloader\\practice\\blink-table.hex"
PATH_KEY = "HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment"
LINK = "ProgramData/Microsoft/Windows/Start Menu/Programs/Flashloader.lnk"

windows = wine.Windows(BUILD / "wine-installer", SOURCE / "build-aux/windows/wine.sh")


def staged():
    return {str(path.relative_to(STAGE)) for path in STAGE.rglob("*")}


def query(key, name):
    """A value of the registry, or None."""
    output = windows.run("reg", "query", key, "/v", name, check=False).stdout
    found = re.search(rf"^\s+{re.escape(name)}\s+REG_\w+\s+(.*?)\r?$", output, re.M)
    return found and found[1]


def wait_until_gone(windows_path):
    """The uninstaller goes on in a copy of itself after the first process has ended."""
    path = windows.path(windows_path)
    for _ in range(wine.LIMIT * 10):
        if not path.exists():
            windows.stop()  # the copy itself goes when Windows starts again
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} is still there: {sorted(str(p) for p in path.rglob('*'))[:20]}")


# What there was before; Wine makes some keys only when they are first needed, such as those of the shell.
windows.run(SETUP, "/S")
windows.run(HOME + "\\uninstall.exe", "/S")
wait_until_gone(HOME)
windows.map_port("COM5", "/dev/null")
windows.map_port("COM5", None)
path_before = query(PATH_KEY, "Path")
registry_before = windows.registry()
files_before = windows.files()


@tap.case
def installs():
    """installs without asking, byte for byte what was built"""
    windows.run(SETUP, "/S")
    home = windows.path(HOME)
    assert {str(path.relative_to(home)) for path in home.rglob("*")} == staged() | {"uninstall.exe"}
    names = [name for name in staged() if (STAGE / name).is_file()]
    assert filecmp.cmpfiles(STAGE, home, names, shallow=False)[0] == names


@tap.case
def start_menu():
    """is in the Start menu, and among the programs that can be uninstalled"""
    assert (windows.drive / LINK).is_file()
    key = "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Flashloader"
    assert query(key, "DisplayVersion") == VERSION
    assert query(key, "UninstallString") == f'"{HOME}\\uninstall.exe"'


@tap.case
def no_file_types():
    """takes no kind of file unless it is told to"""
    assert windows.run("reg", "query", "HKLM\\Software\\Classes\\Flashloader.Firmware", check=False).returncode != 0


@tap.case
def version():
    """the command line says its version"""
    assert VERSION in windows.run(CLI, "--version").stdout


@tap.case
def on_path():
    """the command line is found by its name: the folder was added to PATH, and nothing else changed there"""
    assert query(PATH_KEY, "Path") == f"{path_before};{HOME}\\bin"
    windows.stop()  # programs get PATH as it was when the server started
    assert VERSION in windows.run("cmd", "/c", "flashloader-cli --version").stdout


@tap.case
def simulated_board():
    """programs and verifies a simulated board"""
    windows.run(CLI, "program", FIRMWARE, "--port", "sim:0x460")
    windows.run(CLI, "program", FIRMWARE, "--port", f"sim:0x460,state=C:\\board.state")
    windows.run(CLI, "verify", FIRMWARE, "--port", f"sim:0x460,state=C:\\board.state")
    windows.path("C:\\board.state").unlink()


@tap.case
def wrong_file():
    """fails with an exit status that says so"""
    result = windows.run(CLI, "program", "C:\\no-such.hex", "--port", "sim:0x460", check=False)
    assert result.returncode != 0 and "no-such.hex" in result.stdout, result.stdout


@tap.case
def german():
    """speaks German to whoever does"""
    plain = windows.run(CLI, "--help", LANGUAGE="C").stdout
    assert "Usage:" in plain, plain
    for variables in ({"LANGUAGE": "de"}, {"LC_ALL": "de_DE.UTF-8"}):
        german = windows.run(CLI, "--help", **variables).stdout
        assert "Aufruf:" in german, german


@tap.case
def known_as_stm_flash_loader():
    """is there as STMFlashLoader.exe too"""
    windows.run(HOME + "\\bin\\STMFlashLoader.exe", "-?", check=False)
    assert windows.path(HOME + "\\bin\\STMFlashLoader.exe").is_file()


@contextlib.contextmanager
def board_at(port, log, *words):
    """A simulated board at a serial port of this Windows. Gives the variables that programs need to use it."""
    link = BUILD / "wine-board"
    log.unlink(missing_ok=True)
    with subprocess.Popen([SIM, "--pty", link, "--device", "0x460", "--clock", "fast", *words], stdout=subprocess.PIPE,
                          text=True) as sim:
        try:
            ready, _, _ = select.select([sim.stdout], [], [], wine.LIMIT)
            assert ready and sim.stdout.readline() == f"ready {link}\n"
            windows.map_port(port, link)
            yield {"LD_PRELOAD": str(SHIM), "FL_PTY_SHIM_LOG": str(log)}
        finally:
            sim.kill()  # first: it is waited for, whatever goes wrong next
            windows.map_port(port, None)


@tap.case
def serial_port():
    """programs and verifies a board at a serial port"""
    log = BUILD / "wine-board.log"
    with board_at("COM5", log) as shim:
        assert "COM5" in windows.run(CLI, "ports", **shim).stdout
        windows.run(CLI, "program", FIRMWARE, "--port", "COM5", **shim)
        windows.run(CLI, "verify", FIRMWARE, "--port", "COM5", **shim)
    assert "format 8E1" in log.read_text(), log.read_text()


@tap.case
def unplugged():
    """an adapter that is unplugged in the middle of a job is an error of the port, and said at once"""
    with board_at("COM12", BUILD / "wine-unplugged.log", "--unplug", "5000") as shim:
        result = windows.run(CLI, "program", FIRMWARE, "--port", "COM12", "--json", check=False, **shim)
    # Behind the progress, and before what Wine's server says when it is ended.
    answer = json.loads(re.search(r"^\{\r?$.*?^\}\r?$", result.stdout, re.M | re.S)[0])
    assert result.returncode == 4, result.returncode
    assert answer["error_code"] == "port-gone", answer
    assert "rest untouched" in answer["board_state"], answer
    assert answer["retries"] == 0, answer


@tap.case
def missing_port():
    """a port that is not there is said to be missing, with those that are there"""
    result = windows.run(CLI, "info", "--port", "COM77", check=False)
    assert result.returncode == 2 and "There is no port COM77. These are there:" in result.stdout, result.stdout


@tap.case
def window():
    """the window opens"""
    ARTEFACTS.mkdir(exist_ok=True)
    windows.stop()  # it has no display yet
    script = '''
      . "$1"; "$wine" "$2" & program=$!
      for try in $(seq 600); do
        id=$(xdotool search --onlyvisible --name '^Flashloader' 2>/dev/null | head -n 1) && [ -n "$id" ] && break
        kill -0 $program 2>/dev/null || exit 3
        sleep 0.1
      done
      [ -n "$id" ] || exit 4
      for try in $(seq 600); do # until something is drawn: more than one colour
        import -window root "$3"
        [ "$(identify -format %k "$3")" -lt 200 ] || break
        sleep 0.1
      done
      [ "$(identify -format %k "$3")" -ge 200 ]
    '''
    result = subprocess.run([SOURCE / "tests/lib/run-x.sh", "bash", "-c", script, "bash", windows.wine[-1],
                             HOME + "\\bin\\flashloader.exe", ARTEFACTS / "window.png"], env=windows.environment, check=False)
    windows.stop()
    assert result.returncode == 0, result.returncode


@tap.case
def again():
    """installs over itself"""
    (windows.path(HOME) / "bin/of-an-older-version.dll").touch()
    windows.run(SETUP, "/S")
    assert VERSION in windows.run(CLI, "--version").stdout
    assert query(PATH_KEY, "Path") == f"{path_before};{HOME}\\bin"
    (windows.path(HOME) / "bin/of-an-older-version.dll").unlink()


@tap.case
def uninstalls():
    """uninstalls without a trace: no file, no key, no value"""
    windows.run(HOME + "\\uninstall.exe", "/S")
    wait_until_gone(HOME)
    assert query(PATH_KEY, "Path") == path_before
    registry = windows.registry()
    left = {key: values - registry_before.get(key, set()) for key, values in registry.items()}
    left = {key: values for key, values in left.items() if values or key not in registry_before}
    assert not left, left
    lost = {key: values - registry.get(key, set()) for key, values in registry_before.items()}
    assert not any(lost.values()), {key: values for key, values in lost.items() if values}
    # The uninstaller runs from a copy of itself, which is gone at the next start of Windows.
    files = {name for name in windows.files() - files_before if not re.search(r"/Temp/~nsu\w*\.tmp", name)}
    assert not files, files


@tap.case
def file_types():
    """/TYPES offers it for firmware files, /NOPATH leaves PATH alone, and uninstalling takes back what was added"""
    entry = "HKLM\\Software\\Classes\\Flashloader.Firmware\\shell\\open\\command"
    windows.run("reg", "add", "HKLM\\Software\\Classes\\.hex\\OpenWithProgids", "/v", "Other.Program", "/f")
    windows.run(SETUP, "/S", "/TYPES", "/NOPATH")
    assert f'"{HOME}\\bin\\flashloader.exe" "%1"' in windows.run("reg", "query", entry, "/ve").stdout
    for extension in (".hex", ".s19", ".srec", ".elf"):
        listed = windows.run("reg", "query", f"HKLM\\Software\\Classes\\{extension}\\OpenWithProgids").stdout
        assert "Flashloader.Firmware" in listed, listed
    assert query(PATH_KEY, "Path") == path_before
    windows.run(HOME + "\\uninstall.exe", "/S")
    wait_until_gone(HOME)
    assert windows.run("reg", "query", entry, check=False).returncode != 0
    assert "Flashloader" not in windows.run("reg", "query", "HKLM\\Software\\Classes\\.hex\\OpenWithProgids").stdout
    windows.run("reg", "delete", "HKLM\\Software\\Classes\\.hex", "/f")
    assert windows.registry() == registry_before


@tap.case
def elsewhere():
    """installs where it is told to, and leaves there what is not its own"""
    folder = "C:\\Werkstatt für alles"
    windows.path(folder + "\\bin").mkdir(parents=True)
    windows.path(folder + "\\bin\\mine.txt").write_text("mine")
    windows.run(SETUP, "/S", *("/D=" + folder).split(" "))  # without quotes, as NSIS wants it
    assert VERSION in windows.run(folder + "\\bin\\flashloader-cli.exe", "--version").stdout
    assert VERSION in windows.run(folder + "\\bin\\flashloader-sim.exe", "--version").stdout
    windows.run(folder + "\\uninstall.exe", "/S")
    wait_until_gone(folder + "\\uninstall.exe")
    left = {str(path.relative_to(windows.path(folder))) for path in windows.path(folder).rglob("*")}
    assert left == {"bin", "bin/mine.txt"}, left


@tap.case
def long_path():
    """a PATH of many folders stays as it is: the first, the middle and the last entry come and go"""
    many = ";".join(f"C:\\tools\\number {number}\\%SystemRoot%" for number in range(200))
    for path, folder, expected in (
        (many, "C:\\new", f"{many};C:\\new"),
        (f"{many};", "C:\\new", f"{many};C:\\new"),
        (f"C:\\New;{many}", "c:\\new", f"C:\\New;{many}"),
        (f"C:\\newer;{many}", "C:\\new", f"C:\\newer;{many};C:\\new"),
    ):
        windows.run("reg", "add", PATH_KEY, "/v", "Path", "/t", "REG_EXPAND_SZ", "/d", path, "/f")
        windows.run(PATH_ENTRY, "add", folder)
        assert query(PATH_KEY, "Path") == expected, (path[:40], query(PATH_KEY, "Path"))
    for path in (f"C:\\new;{many}", f"{many};C:\\new", f"{many};C:\\NEW;C:\\x"):
        windows.run("reg", "add", PATH_KEY, "/v", "Path", "/t", "REG_EXPAND_SZ", "/d", path, "/f")
        windows.run(PATH_ENTRY, "remove", "C:\\new")
        expected = many + (";C:\\x" if path.endswith("x") else "")
        assert query(PATH_KEY, "Path") == expected, (path[:40], query(PATH_KEY, "Path"))
    windows.run("reg", "add", PATH_KEY, "/v", "Path", "/t", "REG_EXPAND_SZ", "/d", path_before, "/f")


@tap.case
def portable():
    """the portable archive holds the same files, and runs from wherever it is unpacked"""
    with zipfile.ZipFile(PORTABLE) as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist() if not name.endswith("/")}
        assert names == {name for name in staged() if (STAGE / name).is_file()}
        archive.extractall(windows.drive / "unpacked")
    assert VERSION in windows.run(f"C:\\unpacked\\flashloader-{VERSION}\\bin\\flashloader-cli.exe", "--version").stdout


try:
    tap.run()
finally:
    windows.stop()
