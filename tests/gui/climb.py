# SPDX-License-Identifier: GPL-3.0-or-later
"""A board whose reset and BOOT0 hang on the adapter's lines, behind a USB adapter: the window finds the highest speed
that works, says so, and programs at it. Run below with-umockdev.sh run-with-fake-port."""
import os
import pathlib

from flashloader import SLOW, WORK, Flashloader, gui, make_firmware

SIZE = 40000
NOTEBOOK = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "flashloader" / "remembered.ini"

journey = gui.Journey("climb")
firmware = make_firmware(WORK / "large.bin", SIZE)
app = journey.start(Flashloader())


def log_says(*parts):
    """Waits for a line of the log with all of these."""
    return gui.wait_for(lambda: next((n.name for n in app.log_rows() if all(p in n.name for p in parts)), None),
                        f"a line of the log with {parts}", SLOW)


@journey.step
def connected():
    """the adapter's lines bring the board into its bootloader; higher speeds are tried, the best is kept"""
    page = app.page("FlConnectPage")
    gui.wait_label(page, "ttyUSB0")
    row = gui.find(page, "check box", "The adapter does it over DTR and RTS")
    gui.scroll_to(row)
    gui.click(row)
    gui.wait_for(lambda: gui.state(row, "CHECKED"), "the entry to be chosen")
    app.show_log()
    app.press_primary("FlConnectPage")
    app.wait_page("FlDevicePage", SLOW)
    journey.shoot("climbed")
    log_says("Trying 921600 baud", "[KO]")
    log_says("460800 baud is the highest speed at which everything came through unharmed")
    gui.wait_label(app.page("FlDevicePage"), "460800")


@journey.step
def programmed():
    """the file goes at that speed, and the verdict names it"""
    app.press_primary("FlDevicePage")
    app.wait_page("FlFirmwarePage")
    app.choose_firmware(firmware)
    app.press_primary("FlFirmwarePage")
    app.wait_verdict("Programmed and verified")
    gui.wait_label(app.page("FlVerdictView"), "460800 baud")
    journey.shoot("verdict")
    assert "rate-0x467=460800" in NOTEBOOK.read_text(), NOTEBOOK.read_text()


@journey.step
def again():
    """the next board begins at the speed that was found"""
    app.press_primary("FlProgramPage")
    app.wait_running()
    app.wait_verdict("Programmed and verified")
    log_says("Activating device at 460800 baud, which worked last time", "[OK]")
    journey.shoot("again")


journey.run()
