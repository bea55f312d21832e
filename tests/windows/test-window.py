#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window, under Wine in an X server: by keyboard, from the start to a verified board, read off the screen.

  test-window.py BUILD-FOLDER SOURCE-FOLDER
BUILD-FOLDER is _build-windows, with what is to be shipped in stage. Wine tells nothing of widgets: tesseract reads pictures.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap
import wine

BUILD, SOURCE = (pathlib.Path(argument) for argument in sys.argv[1:3])
ARTEFACTS = BUILD / "artefacts"
HOME = "C:\\Prüfstand Ω\\Flashloader"  # names that no code page of eight bits has all of
FIRMWARE = "C:\\Prüfstand Ω\\größe µ.hex"

windows = wine.Windows(BUILD / "wine-window", SOURCE / "build-aux/windows/wine.sh")
shutil.copytree(BUILD / "stage", windows.path(HOME))
shutil.copy(SOURCE / "data/practice/blink-table.hex", windows.path(FIRMWARE))
ARTEFACTS.mkdir(exist_ok=True)
program = windows.start(HOME + "\\bin\\flashloader.exe", FIRMWARE, DISPLAY=os.environ["DISPLAY"],
                        GDK_SCALE="2")  # letters of the usual size are too small to be read by a program


def look(name):
    """What can be read on the screen now, in one line; the picture is kept."""
    picture = ARTEFACTS / f"window-{name}.png"
    subprocess.run(["import", "-window", "root", picture], check=True, timeout=wine.LIMIT)
    text = subprocess.run(["tesseract", picture, "-", "--psm", "11"], check=True, timeout=wine.LIMIT, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout
    return " ".join(text.decode("utf-8").split())


def wait_for(name, *words):
    """Looks until all of the words stand on the screen. Returns what does."""
    end = time.monotonic() + wine.LIMIT
    while True:
        text = look(name)
        if all(word in text for word in words):
            return text
        assert program.poll() is None, f"ended with {program.returncode}"
        assert time.monotonic() < end, f"{words} are not among: {text}"
        time.sleep(0.3)


def press(key):
    subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Flashloader$", "windowfocus", "--sync", "key", key],
                   check=True, timeout=wine.LIMIT, stdout=subprocess.DEVNULL)


@tap.case
def appears():
    """it appears, with the practice boards"""
    wait_for("connect", "Practice", "STM32G071 practice board")


@tap.case
def connects():
    """Ctrl+Enter connects"""
    press("ctrl+Return")
    wait_for("device", "STM32G070/071/081", "The board is connected")


@tap.case
def shows_plan():
    """the file that it was started with, whose name and folder have letters of several alphabets, fits"""
    press("ctrl+Return")
    wait_for("firmware", "Fits the STM32G07")


@tap.case
def programs():
    """it programs the practice board, and says so"""
    press("ctrl+Return")
    wait_for("verdict", "Programmed and verified")


@tap.case
def takes_names():
    """the command line takes and makes files of such names"""
    trace = "C:\\Prüfstand Ω\\Spur ß.txt"
    windows.run(HOME + "\\bin\\flashloader-cli.exe", "program", FIRMWARE, "--port", "sim:0x460", "--trace", trace)
    assert windows.path(trace).stat().st_size > 100000


@tap.case
def closes():
    """Alt+F4 closes it"""
    press("alt+F4")  # Wine has no keyboard layout from which GTK could tell which key is a Q
    assert program.wait(wine.LIMIT) == 0


try:
    tap.run()
finally:
    windows.stop()
