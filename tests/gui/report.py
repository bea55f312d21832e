# SPDX-License-Identifier: GPL-3.0-or-later
"""A failure is saved as one file for support; whoever gets it sees the same explanation, without the board."""
import json
import os
import pathlib

from flashloader import SLOW, WORK, Flashloader, gui

SCENARIOS = pathlib.Path(os.environ["FL_DATA"]) / "scenarios"
PORT = f"sim:{SCENARIOS / 'no-parity-adapter.json'},clock=real"

journey = gui.Journey("report")
app = journey.start(Flashloader("--port", PORT))
saved = WORK / "case.flreport"
log = WORK / "log.txt"
log.write_text("> 7F\n< 79\n> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n> 04 11 22 33 44 40\n", encoding="ascii")


def choose_from_menu(item):
    gui.press(next(n for n in gui.walk(gui.find_shown(app.win, "push button", "Menu"))
                   if n.getRoleName() == "push button" and n.parent.getRoleName() == "push button"))
    gui.press(gui.find(app.win, "menu item", item))


def close_dialog():
    app.focus("Report")
    gui.key("Escape")
    gui.wait_for(lambda: not gui.on_screen("Report"), "the dialog to close")
    app.focus("Flashloader")


@journey.step
def save():
    """a failed connection is saved, with what was seen and without names"""
    app.press_primary("FlConnectPage")
    app.explanation("FlConnectPage")
    gui.press(gui.find_shown(app.card("FlConnectPage"), "push button", "Save report…", SLOW))
    app.choose_file("Save report", saved)
    gui.wait_for(saved.exists, "the report", SLOW)
    report = gui.wait_for(lambda: json.loads(saved.read_text(encoding="utf-8")), "a whole report")
    assert report["flashloader_report"] == 1
    assert report["result"]["ok"] is False and report["facts"]["sync.kind"] == "fresh", report["facts"]
    assert report["diagnosis"]["causes"], report["diagnosis"]
    assert any(line.endswith("> 7F") for line in report["trace"]), report["trace"]
    home = str(pathlib.Path.home())
    assert home == "/" or home not in saved.read_text(encoding="utf-8")


@journey.step
def opened():
    """the file is opened from the menu: the causes, the line, and the report's text"""
    choose_from_menu("Open a report…")
    app.choose_file("Open a report, a trace or a log", saved)
    dialog = app.window("Report")
    gui.wait_label(dialog, "A report of Flashloader")
    gui.wait_label(dialog, "The parity bit does not reach the board")
    journey.shoot("opened")
    gui.click(gui.find(dialog, "page tab", "On the line"))
    gui.wait_label(dialog, "command Get")
    journey.shoot("line")
    gui.click(gui.find(dialog, "page tab", "Report"))
    journey.shoot("text")
    close_dialog()


@journey.step
def foreign():
    """another program's log: the wrong byte is named"""
    choose_from_menu("Open a report…")
    app.choose_file("Open a report, a trace or a log", log)
    dialog = app.window("Report")
    gui.wait_label(dialog, "length N instead of N-1")
    journey.shoot("foreign")
    close_dialog()


journey.run()
