# SPDX-License-Identifier: GPL-3.0-or-later
"""The device page: everything that is known of the chip on the port, how it is wired, and the way to its protection."""
from flashloader import Flashloader, gui

BOARD = "STM32G0B1 practice board"
SIZE = (720, 560)

journey = gui.Journey("device")
app = journey.start(Flashloader())


def page():
    return app.page("FlDevicePage")


def shown(part):
    """Scrolls to the label that has this text, and returns it."""
    node = gui.wait_for(lambda: next((n for n in gui.walk(page()) if n.getRoleName() == "label" and n.name
                                      and part in n.name), None), f"a text with “{part}”")
    gui.scroll_to(node)
    return node.name


@journey.step
def identity():
    """the chip, its bootloader with what is wrong with it, and its memories"""
    app.connect(BOARD)
    gui.wait_label(page(), "STM32G0B0/0B1/0C1")
    assert gui.find(page(), "image", "Flash map").description
    journey.shoot("top")
    assert "V9.2" in shown("ID 0x92")
    shown("Erasing several pages of bank 2")
    journey.shoot("faults")
    shown("none of")
    shown("Option bytes")
    journey.shoot("memories")


@journey.step
def wiring():
    """the wiring of the serial port that is chosen"""
    picture = gui.find(page(), "image", "Wiring")
    assert "PA10 (USART1 RX)" in picture.description, picture.description
    assert "BOOT0 (PA14)" in picture.description, picture.description
    box = gui.find(page(), "combo box", "Serial port")
    gui.scroll_to(box)
    gui.click(box)
    gui.wait_for(lambda: gui.find_all(box, "list item"), "the list to open")
    journey.shoot("ports")
    gui.key("Down", "Return")
    gui.wait_for(lambda: "PA3 (USART2 RX)" in picture.description, "USART2 to be drawn")
    journey.shoot("second-port")


@journey.step
def small():
    """in a small window one column follows the other, and nothing is cut off"""
    gui.xdo("search", "--sync", "--onlyvisible", "--name", "^Flashloader$", "windowsize", *map(str, SIZE))
    gui.wait_for(lambda: gui.extents(app.win)[2] <= SIZE[0], "the size")
    picture = gui.find(page(), "image", "Wiring")
    gui.scroll_to(picture)
    x, _, width, _ = gui.extents(picture)
    assert x >= 0 and x + width <= SIZE[0], (x, width)
    journey.shoot("small")


@journey.step
def protection():
    """the button beside the option bytes leads to them"""
    button = gui.find(page(), "push button", "Look at all of them, or change them")
    gui.scroll_to(button)
    gui.press(button)
    gui.wait_label(app.page("FlOptionsPage"), "Readout protection")
    assert gui.state(gui.find_shown(app.win, "page tab", "Protection"), "SELECTED")
    journey.shoot("protection")


journey.run()
