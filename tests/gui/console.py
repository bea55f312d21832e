# SPDX-License-Identifier: GPL-3.0-or-later
"""The console: bytes by hand and what they mean, what is wrong with an input, and that nothing is lost unasked."""
from flashloader import WORK, Flashloader, gui

BOARD = "STM32G0B1 practice board"
SIZE = (720, 560)

journey = gui.Journey("console")
app = journey.start(Flashloader())


def page(of=None):
    return (of or app).page("FlConsolePage")


def rows():
    """What a screen reader says of each exchange."""
    return [item.name for item in gui.find_all(gui.find(page(), "list", "Exchanges"), "list item")]


def wait_row(*parts):
    """Waits until the last exchange says all of this."""
    return gui.wait_for(lambda: next((r for r in rows()[-1:] if all(p in r for p in parts)), None),
                        f"an exchange with {parts}")


def entry(of=None):
    return gui.find(page(of), "text", "Bytes to send")


def send(text):
    """Types it, and presses Return, as a person does."""
    gui.click(entry())
    gui.wait_for(lambda: gui.state(entry(), "FOCUSED"), "the entry to have the keyboard")
    gui.type_text(text)
    gui.wait_for(lambda: gui.text(entry()) == text, f"{text} to be typed")
    gui.key("Return")


@journey.step
def closed():
    """without a port there is one thing to do; then the port is closed, and nothing can be sent"""
    app.choose_board(BOARD)
    app.show_view("Console")
    app.focus("Flashloader")
    gui.wait_label(page(), "The port is closed")
    assert not gui.state(gui.find(page(), "push button", "Get ID"), "SENSITIVE")
    journey.shoot("closed")


@journey.step
def synchronise():
    """the port is opened, 7F is answered, and the answer is explained"""
    gui.press(gui.find(page(), "push button", "Open port"))
    gui.press(gui.find(page(), "push button", "Sync 7F"))
    wait_row("Synchronise", "> 7F", "< 79", "the bootloader is there")


@journey.step
def identify():
    """Get ID by its button, and the same by hand"""
    gui.press(gui.find(page(), "push button", "Get ID"))
    wait_row("02 FD", "04 67", "product ID 0x467")
    n_before = len(rows())
    send("02 FD")
    gui.wait_for(lambda: len(rows()) == n_before + 1, "one more exchange")
    wait_row("product ID 0x467")
    journey.shoot("get-id")


@journey.step
def wrong():
    """a wrong input is explained where it is typed, and never sent"""
    n_before = len(rows())
    send("02 F")
    gui.wait_label(page(), "“F” at character 4")
    assert not gui.state(gui.find(page(), "push button", "Send"), "SENSITIVE")
    assert gui.text(entry()) == "02 F" and len(rows()) == n_before
    journey.shoot("wrong-input")
    gui.set_text(entry(), "")


@journey.step
def refused():
    """a command with a wrong complement is sent as typed, refused, and the mistake is named"""
    send("02 FC")
    wait_row("< 1F", "NACK", "wrong complement", "wants FD")
    gui.key("Up")
    gui.wait_for(lambda: gui.text(entry()) == "02 FC", "the last input")
    gui.key("Up")
    gui.wait_for(lambda: gui.text(entry()) == "02 FD", "the one before")
    gui.key("Down", "Down")
    gui.wait_for(lambda: gui.text(entry()) == "", "an empty input")


@journey.step
def checksum():
    """the checksum is added on demand, and the preview says so"""
    box = gui.find(page(), "check box", "Add checksum")
    gui.click(box)
    gui.set_text(entry(), "08 00 00 00")
    gui.wait_label(page(), "Sends 5 bytes: 08 00 00 00 08")
    gui.click(box)
    gui.set_text(entry(), "")


@journey.step
def read():
    """256 bytes from an address, packet by packet, with all bytes to unfold"""
    gui.press(gui.find(page(), "push button", "Read 256 bytes"))
    wait_row("Read Memory at 0x08000000, 256 bytes", "FF 00", "080000F0")
    journey.shoot("read")


@journey.step
def bad_address():
    """a wrong address is said, and nothing can be read from it"""
    address = gui.find(page(), "text", "Address")
    gui.set_text(address, "flash")
    gui.wait_label(page(), "not a hexadecimal number")
    assert not gui.state(gui.find(page(), "push button", "Read 256 bytes"), "SENSITIVE")
    gui.set_text(address, "08000000")


@journey.step
def asked():
    """what loses something is asked about first, also when it is typed"""
    n_before = len(rows())
    send("92 6D")
    dialog = app.window("Send Readout Unprotect?")
    gui.wait_label(dialog, "whole flash is erased")
    journey.shoot("asked")
    gui.press(gui.find(dialog, "push button", "Cancel"))
    gui.wait_for(lambda: "Send Readout Unprotect?" not in app.titles(), "the question to close")
    app.focus("Flashloader")
    assert len(rows()) == n_before


@journey.step
def lines():
    """RTS can be driven, and the row says which way"""
    gui.press(gui.find(page(), "push button", "RTS"))
    wait_row("Lines", "RTS=0")


@journey.step
def saved():
    """every byte is saved as a trace"""
    gui.press(gui.find(page(), "push button", "Save trace"))
    app.choose_file("Save the trace", WORK / "by-hand.trace")
    gui.wait_label(page(), "Saved as")
    assert "> 02 FD" in (WORK / "by-hand.trace").read_text()


@journey.step
def small():
    """in a small window everything can be reached"""
    gui.xdo("search", "--sync", "--onlyvisible", "--name", "^Flashloader$", "windowsize", *map(str, SIZE))
    gui.wait_for(lambda: gui.extents(app.win)[2] <= SIZE[0], "the size")
    for role, name in (("push button", "Close port"), ("push button", "Send"), ("push button", "Clear exchanges"),
                       ("push button", "Read 256 bytes")):
        x, y, width, height = gui.extents(gui.find(page(), role, name))
        assert x >= 0 and x + width <= SIZE[0] and y + height <= SIZE[1], (name, x, y, width, height)
    journey.shoot("small")


@journey.step
def left():
    """another view gives the port back, and the board connects as it is"""
    app.show_view("Program")
    app.press_primary("FlConnectPage")
    app.wait_page("FlDevicePage", 180)
    app.show_view("Console")
    gui.press(gui.find(page(), "push button", "Open port"))
    gui.press(gui.find(page(), "push button", "Get"))
    wait_row("Read Memory")
    app.show_view("Read back")
    gui.wait_label(app.page("FlReadPage"), "Reads memory of the connected board")


@journey.step
def dark():
    """dark"""
    for line in app.close():
        raise AssertionError(line)
    other = journey.start(Flashloader("--port", "sim:0x410,clock=real,boot0=1", env={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}))
    other.show_view("Console")
    gui.press(gui.find(page(other), "push button", "Open port"))
    gui.press(gui.find(page(other), "push button", "Sync 7F"))
    gui.press(gui.find(page(other), "push button", "Get"))
    gui.wait_for(lambda: any("Get Version" in i.name for i in gui.find_all(page(other), "list item")), "the commands")
    journey.shoot("dark")


journey.run()
