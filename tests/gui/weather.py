# SPDX-License-Identifier: GPL-3.0-or-later
"""Rough weather: the firmware file changes while it is programmed; there is no room for what was read back."""
from flashloader import SLOW, WORK, Flashloader, gui, make_firmware

BOARD = "STM32G071 practice board"

journey = gui.Journey("weather")
firmware = make_firmware(WORK / "blink.bin", 24000)
app = journey.start(Flashloader())


@journey.step
def changed():
    """a file that changes while it is programmed: the verdict says which one the board holds"""
    app.connect(BOARD)
    app.press_primary("FlDevicePage")
    app.choose_firmware(firmware)
    gui.wait_label(app.page("FlFirmwarePage"), "Fits the STM32G07")
    bar = app.start_programming()
    gui.wait_for(lambda: bar.currentValue > 0.02, "progress", SLOW)
    first = firmware.read_bytes()
    make_firmware(firmware, 24000, seed=2)
    app.wait_verdict("Programmed and verified")
    gui.wait_label(app.page("FlVerdictView"), "changed on disk since it was loaded: the board holds the earlier one")
    journey.shoot("changed")
    firmware.with_suffix(".first").write_bytes(first)


@journey.step
def no_room():
    """what was read and cannot be saved is kept, and saved elsewhere"""
    app.show_view("Read back")
    app.press("FlReadPage", "Read back…")
    app.choose_file("Read back into a file", "/dev/full")  # a disk without room, that anybody has
    page = app.page("FlReadPage")
    gui.wait_label(page, "Read back, but not saved", SLOW)
    gui.wait_label(page, "no room left")
    journey.shoot("not-saved")
    target = WORK / "elsewhere.bin"
    app.press("FlReadPage", "Save elsewhere…")
    app.choose_file("Read back into a file", target)
    gui.wait_label(page, "Read back and saved")
    journey.shoot("saved")
    assert target.read_bytes().startswith(firmware.with_suffix(".first").read_bytes())


@journey.step
def nothing_read():
    """a disk without room is found before anything is read"""
    app.press("FlReadPage", "Read back…")
    app.choose_file("Read back into a file", "/proc/back.bin")
    page = app.page("FlReadPage")
    gui.wait_label(page, "Not read")
    gui.wait_label(page, "There is no room")
    journey.shoot("not-read")


journey.run()
