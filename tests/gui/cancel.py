# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancelling in mid-write: what the board is left in, and that programming it again works."""
import re

from flashloader import SLOW, WORK, Flashloader, gui, make_firmware

SIZE = 120000  # long enough to write for a slow machine to cancel meanwhile

journey = gui.Journey("cancel")
firmware = make_firmware(WORK / "large.bin", SIZE)
app = journey.start(Flashloader())


def count(state):
    """How many pages the map on the program page shows in a state."""
    found = re.search(rf"{state}: (\d+)", app.map_on("FlProgressView"))
    return int(found[1]) if found else 0


@journey.step
def program():
    """writing begins, page after page"""
    app.connect("STM32G071 practice board")
    app.press_primary("FlDevicePage")
    page = app.wait_page("FlFirmwarePage")
    app.choose_firmware(firmware)
    gui.wait_label(page, "Fits the STM32G07")
    app.start_programming()
    gui.wait_for(lambda: count("Written") >= 3, "three pages to be written", SLOW)


@journey.step
def cancel():
    """Escape cancels, and says what is left behind"""
    journey.shoot("writing")
    app.focus("Flashloader")
    gui.key("Escape")
    app.wait_verdict("Cancelled")
    shown = " ".join(gui.labels(app.page("FlVerdictView")))
    journey.shoot("cancelled")
    assert "will not start" in shown and "written (not verified)" in shown, shown


@journey.step
def left():
    """the map has pages that are written, and pages that are not; none is verified"""
    pages = (SIZE + 2047) // 2048
    written = count("Written")
    assert 3 <= written < pages, app.map_on("FlProgressView")
    assert count("Verified") == 0, app.map_on("FlProgressView")


@journey.step
def again():
    """programming it again works"""
    app.press("FlProgramPage", "Try again")
    app.wait_running()
    app.wait_verdict("Programmed and verified")
    journey.shoot("programmed")


journey.run()
