# SPDX-License-Identifier: GPL-3.0-or-later
"""An adapter that is unplugged in mid-write: what the window says, what state the board is in, and the way on."""
from flashloader import SLOW, WORK, Flashloader, gui, make_firmware

journey = gui.Journey("unplugged")
firmware = make_firmware(WORK / "large.bin", 40000)
app = journey.start(Flashloader())


@journey.step
def program():
    """programming begins"""
    app.connect("Practice board with a loose cable")
    app.press_primary("FlDevicePage")
    page = app.wait_page("FlFirmwarePage")
    app.choose_firmware(firmware)
    gui.wait_label(page, "Fits the STM32G07")
    bar = app.start_programming()
    gui.wait_for(lambda: bar.currentValue > 0.02, "progress", SLOW)


@journey.step
def fails():
    """it fails at once, with an explanation in place"""
    app.wait_verdict("Failed")
    card = app.explanation("FlVerdictView")
    journey.shoot("failed-verdict")
    assert "unplug" in " ".join([card[""], *card["What came back"], *card["What that means"]]).lower(), card
    assert card["What to do"], card


@journey.step
def state():
    """it says in what state the flash is left"""
    shown = " ".join(gui.labels(app.page("FlVerdictView")))
    assert "will not start" in shown and "written (not verified)" in shown, shown


@journey.step
def again():
    """trying again connects and programs; the cable is as loose as before"""
    app.press("FlProgramPage", "Try again")
    app.wait_running()
    app.wait_verdict("Failed")
    assert "unplug" in app.explanation("FlVerdictView")[""], app.explanation("FlVerdictView")


@journey.step
def another():
    """another board can be chosen, and takes the same file"""
    gui.press(gui.find(app.win, "push button", "Step 1, Connect"))
    app.wait_page("FlConnectPage")
    app.connect("STM32G071 practice board")
    app.press_primary("FlDevicePage")
    page = app.wait_page("FlFirmwarePage")
    gui.wait_label(page, "Fits the STM32G07")
    app.start_programming()
    app.wait_verdict("Programmed and verified")
    journey.shoot("done-elsewhere")


journey.run()
