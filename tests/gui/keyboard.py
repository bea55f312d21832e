# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole wizard by keyboard alone; and what the program remembers when it is started again."""
import os

from flashloader import SLOW, WORK, Flashloader, gui, make_firmware

BOARD = "STM32G0B1 practice board"
MAX_TABS = 60

journey = gui.Journey("keyboard")
firmware = make_firmware(WORK / "keys.bin")
remember = {"GSETTINGS_BACKEND": "keyfile", "XDG_CONFIG_HOME": str(WORK / "config")}
app = journey.start(Flashloader(env=remember))


def move_focus():
    """Presses Tab. Returns what has the focus then, or None: GTK 4.8 does not tell of the entry inside an entry row."""
    before = app.focused()
    gui.key("Tab")
    try:
        return gui.wait_for(lambda: next(n for n in [app.focused()] if n != before), "the focus to move", 2)
    except AssertionError:
        return None


def tab_to(name):
    """Presses Tab until the widget with this name has the focus."""
    seen = []
    for _ in range(MAX_TABS):
        now = move_focus()
        if now is not None and gui.same_name(now, name):
            return now
        seen.append(now.name if now is not None else None)
    raise AssertionError(f"{name} cannot be reached by Tab: {seen}")


@journey.step
def connect():
    """a board is chosen and connected"""
    app.focus("Flashloader")
    row = tab_to(BOARD)
    check = gui.find(row, "check box", BOARD)
    gui.key("space")
    gui.wait_for(lambda: gui.state(check, "CHECKED"), f"{BOARD} to be chosen")
    journey.shoot("chosen")
    gui.key("ctrl+Return")
    app.wait_page("FlDevicePage", SLOW)


@journey.step
def choose():
    """a file is chosen"""
    gui.key("ctrl+Return")
    page = app.wait_page("FlFirmwarePage")
    gui.key("ctrl+o")
    app.choose_file("Choose a firmware file", firmware)
    gui.wait_label(page, "Fits the STM32G0B")


@journey.step
def switch():
    """an option is turned on"""
    option = gui.find(app.page("FlFirmwarePage"), "check box", "Start the application afterwards")
    tab_to("Start the application afterwards")
    gui.key("space")
    gui.wait_for(lambda: gui.state(option, "CHECKED"), "the option to be on")
    journey.shoot("option")


@journey.step
def program():
    """it is programmed, verified and started"""
    gui.key("ctrl+Return")
    app.wait_page("FlProgramPage")
    app.wait_verdict("Programmed and verified")
    assert any("application was started" in text for text in gui.labels(app.page("FlVerdictView")))
    journey.shoot("verdict")


@journey.step
def log():
    """the log unfolds"""
    gui.key("ctrl+l")
    button = gui.find(app.win, "push button", "Log")
    gui.wait_for(lambda: gui.state(button, "PRESSED"), "the log to unfold")
    gui.wait_for(lambda: any(row.name.endswith("[OK]") for row in app.log_rows()), "its lines")


@journey.step
def resize():
    """the window takes another size, and closes by keyboard"""
    gui.xdo("search", "--sync", "--onlyvisible", "--name", "^Flashloader$", "windowsize", "--sync", "860", "640")
    gui.wait_for(lambda: gui.extents(app.win)[2] < 900, "the new size")
    journey.shoot("smaller")
    gui.key("ctrl+q")
    app.wait_end()


@journey.step
def again():
    """board, option, log and size are remembered, and the file is among the recent ones"""
    global app
    app = journey.start(Flashloader(env=remember))
    check = gui.find(app.page("FlConnectPage"), "check box", BOARD)
    gui.wait_for(lambda: gui.state(check, "CHECKED"), f"{BOARD} to be chosen")
    assert gui.state(gui.find(app.win, "push button", "Log"), "PRESSED")
    width = gui.extents(app.win)[2]
    assert width < 900, width
    app.connect(BOARD)
    app.press_primary("FlDevicePage")
    page = app.wait_page("FlFirmwarePage")
    assert gui.state(gui.find(page, "check box", "Start the application afterwards"), "CHECKED")
    gui.wait_label(page, firmware.name)
    assert os.path.exists(remember["XDG_CONFIG_HOME"] + "/glib-2.0/settings/keyfile")
    journey.shoot("remembered")


journey.run()
