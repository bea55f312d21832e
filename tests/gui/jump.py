# SPDX-License-Identifier: GPL-3.0-or-later
"""Firmware that jumps to the bootloader: the code for a chip is shown and copied, and what to check when it fails."""
from flashloader import Flashloader, gui

BOARD = "STM32G0B1 practice board"
SIZE = (720, 560)

journey = gui.Journey("jump")
app = journey.start(Flashloader())


def page():
    return app.page("FlConnectPage")


def open_dialog():
    button = gui.find(page(), "push button", "Show a jump routine…")
    gui.scroll_to(button)
    gui.press(button)
    return app.window("Jump routine")


def show(window, tab):
    # A stack's switcher: a tab list of page tabs.
    node = gui.find_shown(window, "page tab", tab)
    gui.press(node)
    gui.wait_for(lambda: gui.state(node, "SELECTED"), f"the page {tab}")


def code(window):
    return gui.text(gui.find(window, "text", "The code"))


@journey.step
def offered():
    """the routine is offered where the application jumps, and nowhere else"""
    assert not [n for n in gui.find_all(page(), "push button", "Show a jump routine…") if gui.in_sight(n)]
    choice = gui.find(page(), "check box", "The application jumps to it")
    gui.scroll_to(choice)
    gui.click(choice)
    gui.find_shown(page(), "push button", "Show a jump routine…")
    journey.shoot("offered")


@journey.step
def no_chip():
    """no chip is known yet: it is asked for, and there is nothing to copy"""
    window = open_dialog()
    gui.wait_label(window, "Choose the chip. The code is C")
    assert not gui.state(gui.find(window, "push button", "Copy the code"), "SENSITIVE")
    journey.shoot("no-chip")


@journey.step
def choose():
    """typing a part of its name finds the chip"""
    window = app.window("Jump routine")
    app.focus("Jump routine")
    gui.click(gui.find(window, "combo box", "Chip"))
    gui.wait_for(lambda: gui.find_all(window, "list item"), "the list to open")
    gui.key("shift+Tab")  # from the list into the field above it
    gui.type_text("stm32f407")
    # The field waits for a pause in the typing before it looks.
    gui.wait_for(lambda: 0 < len([n for n in gui.find_all(window, "list item") if gui.in_sight(n)]) < 5, "the list to be short")
    journey.shoot("searched")
    gui.key("Down", "Return")
    gui.wait_for(lambda: "STM32F405/407" in code(window), "the code for this chip")
    journey.shoot("chosen")
    gui.press(gui.find(window, "push button", "Close"))
    # A click would still go to it.
    gui.wait_for(lambda: not gui.on_screen("Jump routine"), "the dialog to close")


@journey.step
def known():
    """the chip that was connected last is chosen already"""
    app.connect(BOARD)
    gui.press(gui.find(app.steps(), "push button", "Step 1, Connect"))
    app.wait_page("FlConnectPage")
    window = open_dialog()
    gui.wait_for(lambda: "#define BOOTLOADER_ADDRESS 0x1FFF0000u" in code(window), "the code")
    assert "stm32g0xx.h" in code(window)
    journey.shoot("code")


@journey.step
def copy():
    """the code is copied, with the check list as a comment"""
    window = app.window("Jump routine")
    gui.press(gui.find(window, "push button", "Copy the code"))
    gui.wait_label(window, "Copied")
    journey.shoot("copied")


@journey.step
def check_list():
    """what to look at when it does not work"""
    window = app.window("Jump routine")
    show(window, "Check list")
    gui.wait_label(window, "what stands at address 0")
    gui.wait_label(window, "0x1FFF0000 has to be an address in RAM")
    journey.shoot("check-list")


journey.run()
