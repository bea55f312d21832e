# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows for a test: a Wine of its own, what is in its files and registry, and programs that run in it."""
import os
import pathlib
import re
import shutil
import subprocess

SERVER = "/usr/lib/wine/wineserver64"
DISPLAY_ADAPTERS = "{4D36E968-E325-11CE-BFC1-08002BE10318}"
LIMIT = 300  # seconds, for a busy machine; nothing waits for them


class Windows:
    """A fresh Windows in a folder; stop() ends whatever runs in it."""

    def __init__(self, folder, wine_sh):
        self.folder = pathlib.Path(folder)
        self.drive = self.folder / "drive_c"
        # Not wine-run.sh: what is installed has to find its libraries without the build's.
        self.wine = ["bash", "-ec", '. "$0"; wine_make; exec "$wine" "$@"', wine_sh]
        self.environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "LD_PRELOAD", "WINEPATH")}
        self.environment |= {"WINEPREFIX": str(self.folder), "LC_ALL": "C.UTF-8"}
        self.keeper = None
        if self.folder.exists():
            self.stop()
            shutil.rmtree(self.folder)
        self.run("cmd", "/c", "exit 0")
        self.stop()

    def keep(self, variables):
        """One program that runs until stop(). Windows' services, which start with the first program and end with the last,
        would otherwise start anew for each, and keep its output open until they end."""
        if self.keeper is None:
            self.keeper = subprocess.Popen([*self.wine, "cmd"], env={**self.environment, **variables},
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.keeper.stdout.readline()

    def run(self, *command, check=True, **variables):
        """Runs a program to its end; what it said, on stdout or stderr, is in .stdout. Until stop(), what the first one was
        given in variables holds for the server too."""
        self.keep(variables)
        for _ in range(3):
            result = subprocess.run([*self.wine, *map(str, command)], env={**self.environment, **variables},
                                    encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, timeout=LIMIT)
            if "ShellExecuteEx failed" not in result.stdout:
                break  # otherwise Wine, which is busy with its own start, has not started it at all
        if check:
            assert result.returncode == 0, f"{command} ended with {result.returncode}:\n{result.stdout}"
        return result

    def start(self, *command, **variables):
        """Starts a program that goes on by itself."""
        return subprocess.Popen([*self.wine, *map(str, command)], env={**self.environment, **variables},
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def map_port(self, name, tty):
        """Makes a tty the serial port COM5, or what @name is; None takes it away. Stops the server, which reads it once."""
        if tty:
            self.run("reg", "add", "HKLM\\Software\\Wine\\Ports", "/v", name, "/d", os.path.realpath(tty), "/f")
        else:
            self.run("reg", "delete", "HKLM\\Software\\Wine\\Ports", "/v", name, "/f")
        self.stop()

    def stop(self):
        """Ends the server, so that the registry is on disk and the next one is started with the next one's settings."""
        subprocess.run([SERVER, "-k"], env=self.environment, check=False, timeout=LIMIT)
        subprocess.run([SERVER, "-w"], env=self.environment, check=False, timeout=LIMIT)
        if self.keeper is not None:
            self.keeper.communicate(timeout=LIMIT)
            self.keeper = None

    def files(self):
        """Every file and folder of the drive."""
        return {str(path.relative_to(self.drive)) for path in self.drive.rglob("*")}

    def registry(self):
        """{key: {value line}}, without the times at which keys were changed, and without what Wine finds out about the
        display whenever there is one. Stops the server."""
        self.stop()
        keys = {}
        for name in ("system.reg", "user.reg"):
            values = set()
            text = (self.folder / name).read_text(encoding="utf-8", errors="surrogateescape").replace("\\\n", "")
            for line in text.split("\n"):
                head = re.match(r"\[(.*)\] \d+$", line)
                if head:
                    values = keys.setdefault(f"{name}: {head[1]}", set())
                elif line and not line.startswith("#"):
                    values.add(line)
        return {key: values for key, values in keys.items() if DISPLAY_ADAPTERS not in key}

    def path(self, windows_path):
        """Where a file of drive C: is for us."""
        assert windows_path.lower().startswith("c:\\"), windows_path
        return self.drive / windows_path[3:].replace("\\", "/")
