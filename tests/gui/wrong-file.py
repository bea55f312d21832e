# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that cannot be programmed, and one that perhaps should not be: the button, and why."""
from flashloader import WORK, Flashloader, gui, make_firmware

good = make_firmware(WORK / "good.bin")
large = make_firmware(WORK / "too-large.bin", 129 * 1024)
other_ram = make_firmware(WORK / "other-ram.bin", stack=0x20020000)
damaged = WORK / "damaged.hex"
damaged.write_text(":10000000000800200101000800000000000000008E\n:00000001FF\n", encoding="ascii")
noise = WORK / "notes.hex"
noise.write_text("Dear diary,\n", encoding="ascii")

journey = gui.Journey("wrong-file")
app = journey.start(Flashloader(good))


def can_program():
    """Whether the suggested button programs, and can be pressed."""
    buttons = gui.find_all(app.page("FlFirmwarePage"), "push button", "Program")
    return any(gui.state(button, "SENSITIVE") for button in buttons)


def wait_refused(path, part):
    """Chooses a file; waits until it is refused with these words."""
    app.choose_another(path)
    text = gui.wait_label(app.page("FlFilePane"), part)
    gui.wait_for(lambda: not can_program(), "the button to be off")
    step = gui.find(app.win, "push button", "Step 4, Program")
    assert not gui.state(step, "SENSITIVE")
    return text


@journey.step
def named():
    """a file named on the command line is there once the board is connected"""
    app.connect("STM32G071 practice board")
    app.press_primary("FlDevicePage")
    page = app.wait_page("FlFirmwarePage")
    gui.wait_label(page, good.name)
    gui.wait_label(page, "Fits the STM32G07")
    gui.wait_for(can_program, "the button to be on")


@journey.step
def damaged_file():
    """a wrong checksum turns the button off, and the line is named"""
    wait_refused(damaged, "Line 1 ")
    journey.shoot("damaged")


@journey.step
def no_hex():
    """what is no Intel HEX at all is said to be none"""
    wait_refused(noise, "Line 1 ")
    journey.shoot("no-hex")


@journey.step
def too_large():
    """what does not fit turns the button off, with sizes"""
    text = wait_refused(large, "128 KiB of flash")
    assert "1 KiB at 0x08020000" in text, text
    journey.shoot("too-large")


@journey.step
def doubtful():
    """what was built for more RAM is doubted, but allowed"""
    app.choose_another(other_ram)
    page = app.page("FlFirmwarePage")
    gui.wait_label(page, "RAM")
    gui.wait_for(can_program, "the button to be on")
    journey.shoot("doubtful")


@journey.step
def changed():
    """a file that changes on disk is read again by itself"""
    app.choose_another(good)
    page = app.page("FlFirmwarePage")
    gui.wait_label(page, "6000 bytes")
    make_firmware(good, 7000)
    gui.wait_label(page, "7000 bytes")
    gui.wait_label(page, "changed on disk")
    journey.shoot("changed")


journey.run()
