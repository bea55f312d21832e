# SPDX-License-Identifier: GPL-3.0-or-later
"""The highest speed is offered where the adapter can reset the board; the supply voltage where it makes a difference."""
from flashloader import WORK, Flashloader, gui, make_firmware

BOARD = "STM32F407 practice board"

journey = gui.Journey("speed")
firmware = make_firmware(WORK / "f4.bin", 3000, stack=0x20004000)
app = journey.start(Flashloader())


def supply():
    """What the drop-down shows."""
    box = gui.find_shown(app.page("FlFirmwarePage"), "combo box", "Supply voltage of the board")
    return box, [n.name for n in gui.walk(box) if n.getRoleName() == "label" and n.name not in ("", "(None)")]


def switches(page):
    return [n.name for n in gui.walk(app.page(page)) if n.name == "Use the highest speed that works" and gui.in_sight(n)]


@journey.step
def lines():
    """the switch appears with the adapter's lines, and goes with them"""
    page = app.page("FlConnectPage")
    assert not switches("FlConnectPage")
    row = gui.find(page, "check box", "The adapter does it over DTR and RTS")
    gui.scroll_to(row)
    gui.click(row)
    gui.wait_for(lambda: any(n.name == "Use the highest speed that works" for n in gui.walk(page)), "the switch")
    gui.scroll_to(next(n for n in gui.walk(page) if n.name == "Use the highest speed that works"))
    gui.wait_for(lambda: switches("FlConnectPage"), "the switch in sight")
    journey.shoot("switch")
    row = gui.find(page, "check box", "I set BOOT0 and press reset")
    gui.scroll_to(row)
    gui.click(row)
    gui.wait_for(lambda: not switches("FlConnectPage"), "the switch to go")


@journey.step
def voltage():
    """an STM32F407 is asked for its supply voltage; the plan becomes shorter"""
    app.connect(BOARD)
    app.press_primary("FlDevicePage")
    page = app.wait_page("FlFirmwarePage")
    app.choose_firmware(firmware)
    box, shown = supply()
    assert "Not asked" in shown, shown
    gui.scroll_to(box)
    journey.shoot("not-asked")
    gui.click(box)
    gui.wait_for(lambda: gui.find_all(box, "list item"), "the list to open")
    journey.shoot("choices")
    gui.key("Down", "Down", "Down", "Down", "Return")
    gui.wait_for(lambda: "2.7 to 3.6 V" in supply()[1], "the choice")
    gui.wait_label(page, "Programmed 4 bytes at a time")
    journey.shoot("chosen")


@journey.step
def programmed():
    """it is programmed so, and the log says it"""
    app.press_primary("FlFirmwarePage")
    app.wait_verdict("Programmed and verified")
    app.show_log()
    gui.wait_for(lambda: any("Supply voltage: 2.7 to 3.6 V" in n.name for n in app.log_rows()), "the line of the log")
    journey.shoot("log")


journey.run()
