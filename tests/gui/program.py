# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way: board, file, verdict; what is in the chip read back; the next board; the application started."""
from flashloader import SLOW, WORK, Flashloader, gui, make_firmware

BOARD = "STM32G071 practice board"
FLASH = 128 * 1024

journey = gui.Journey("program")
firmware = make_firmware(WORK / "blink.bin", 40000)  # ten seconds: long enough to be seen running
app = journey.start(Flashloader())


@journey.step
def connect():
    """the practice board connects, and is described"""
    device = app.connect(BOARD)
    gui.wait_label(device, "STM32G07")
    shown = gui.labels(device)
    assert "0x460" in shown, shown
    assert any("128 KiB" in text for text in shown), shown
    assert any("PA9" in text for text in shown), shown
    flash_map = gui.find(device, "image", "Flash map")
    assert "64 × 2 KiB" in flash_map.description, flash_map.description
    journey.shoot("device")


@journey.step
def choose():
    """a file is chosen by keyboard, and judged"""
    app.press_primary("FlDevicePage")
    page = app.wait_page("FlFirmwarePage")
    journey.shoot("no-file")
    app.choose_firmware(firmware)
    gui.wait_label(page, "Fits the STM32G07")
    flash_map = gui.find(page, "image", "Flash map")
    gui.wait_for(lambda: "To be erased and written: 20 (0x08000000–0x08009FFF)" in flash_map.description, "the plan")
    journey.shoot("firmware")


@journey.step
def program():
    """it is programmed, with the map filling in"""
    app.press_primary("FlFirmwarePage")
    page = app.wait_page("FlProgramPage")
    bar = gui.wait_for(lambda: gui.find_all(page, "progress bar")[0], "the bar")
    gui.wait_for(lambda: 0.02 < bar.queryValue().currentValue < 1, "progress", SLOW)
    journey.shoot("running")
    app.wait_verdict("Programmed and verified")
    journey.shoot("verdict")


@journey.step
def verdict():
    """the verdict tells bytes, time and checksum"""
    shown = gui.labels(app.page("FlVerdictView"))
    assert "40000 bytes" in shown, shown
    assert any(len(text) == 64 and all(c in "0123456789abcdef" for c in text) for text in shown), shown


@journey.step
def read_back():
    """the whole flash is read back, and holds the file and nothing else"""
    target = WORK / "back.bin"
    app.show_view("Read back")
    app.press("FlReadPage", "Read back…")
    app.choose_file("Read back into a file", target)
    page = app.page("FlReadPage")
    journey.shoot("reading")
    gui.wait_label(page, "Read back and saved", SLOW)
    journey.shoot("read-back")
    content = target.read_bytes()
    image = firmware.read_bytes()
    assert len(content) == FLASH, len(content)
    assert content[:len(image)] == image
    assert set(content[len(image):]) == {0xFF}


@journey.step
def cancel_reading():
    """a reading that is cancelled saves nothing"""
    target = WORK / "never.hex"
    app.press("FlReadPage", "Read back…")
    app.choose_file("Read back into a file", target)
    page = app.page("FlReadPage")
    gui.wait_for(lambda: gui.find_all(page, "progress bar")[0].queryValue().currentValue > 0.02, "progress", SLOW)
    app.press("FlReadPage", "Cancel")
    gui.wait_label(page, "Nothing was saved", SLOW)
    assert not target.exists()
    journey.shoot("reading-cancelled")


@journey.step
def next_board():
    """the next board is one click; it holds the file already, and nothing is erased or written"""
    app.show_view("Program")
    app.press("FlProgramPage", "Next board")
    page = app.page("FlProgramPage")
    app.wait_running()
    gui.wait_for(lambda: "Held the file: " in app.map_on("FlProgressView"), "pages that hold the file", SLOW)
    journey.shoot("running-unchanged")
    app.wait_verdict("Programmed and verified")
    gui.find_shown(page, "push button", "Next board")
    shown = gui.labels(app.page("FlVerdictView"))
    assert "20 of 20 pages" in shown and "0 bytes" in shown, shown
    journey.shoot("verdict-unchanged")


@journey.step
def start():
    """the application is started"""
    app.press("FlProgramPage", "Start application")
    gui.wait_label(app.page("FlProgramPage"), "The application was started", SLOW)
    journey.shoot("started")


journey.run()
