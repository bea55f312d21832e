# SPDX-License-Identifier: GPL-3.0-or-later
"""A chip that nobody knows: it is said so, and a map file or the user's own word makes it programmable, under a warning
that stays; a map file for a chip that is known is judged, and not used."""
from flashloader import WORK, Flashloader, gui, make_firmware

BOARD = "sim:0x467,flash=128,pid=0x7FF,clock=real,latency=1"


def make_map(path, pid, n_pages=64, size=0x800):
    """A map file of ST's old program."""
    lines = ["[Product]", f"Name={path.stem}", f"PID={pid:04X}", f"FlashSize={n_pages * size // 1024:04X}", "PacketSize=FF",
             "ACKVAL=79", "MAPNAME=Pages", "PagesPerSector=2", "family=1"]
    for page in range(n_pages):
        lines += [f"[Page{page}]", f"Index={page:02X}", f"Address={0x08000000 + page * size:08X}", f"Size={size:08X}",
                  "Type=111", "UFO=111"]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="ascii")
    return path


firmware = make_firmware(WORK / "firmware.bin")
other = make_map(WORK / "STM32F0_9x_256K.STmap", 0x442)
unknown = make_map(WORK / "STM32X_128K.STmap", 0x7FF)
broken = WORK / "broken.STmap"
broken.write_text("[Product]\r\nPID=0410\r\n[Page0]\r\nSize=zz\r\n", encoding="ascii")

journey = gui.Journey("unknown-chip")
app = journey.start(Flashloader("--port", BOARD, firmware))


def open_map(path):
    app.press("FlDevicePage", "Open a map file…")
    app.choose_file("Open a map file", path)


def dialog(title):
    return app.window(title)


def note():
    return next((text for text in gui.labels(app.win) if "was not checked" in text), None)


@journey.step
def identified():
    """it is identified as unknown, with what can be done"""
    app.press_primary("FlConnectPage")
    page = app.wait_page("FlDevicePage", 60)
    gui.wait_label(page, "0x7FF is not in the database")
    gui.find(page, "push button", "Declare the geometry…")
    journey.shoot("unknown")


@journey.step
def bad_map():
    """a map file that is damaged is refused, with its line"""
    open_map(broken)
    window = dialog("This map file cannot be read")
    assert any("4" in text for text in gui.labels(window)), gui.labels(window)
    gui.press(gui.find(window, "push button", "Close"))


@journey.step
def wrong_map():
    """a map file for another chip is not offered"""
    open_map(other)
    window = dialog("This map file is for another chip")
    gui.wait_label(window, "0x442")
    journey.shoot("other-chip")
    gui.press(gui.find(window, "push button", "Close"))


@journey.step
def declared():
    """the geometry can be declared; nonsense cannot be used"""
    app.press("FlDevicePage", "Declare the geometry…")
    window = dialog("How the flash is divided")
    pieces = next(n for n in gui.walk(window) if n.getRoleName() == "text" and gui.text(n) == "64x2K")
    use = gui.find(window, "push button", "Use it")
    gui.set_text(pieces, "64x")
    gui.wait_for(lambda: not gui.state(use, "SENSITIVE"), "the button to be off")
    journey.shoot("nonsense")
    gui.set_text(pieces, "32x2K, 16x4K")
    gui.wait_for(lambda: gui.state(use, "SENSITIVE"), "the button to be on")
    journey.shoot("declare")
    gui.press(use)
    gui.wait_for(lambda: note() is not None and "typed in" in note(), "the warning")
    app.wait_page("FlDevicePage", 60)


@journey.step
def mapped():
    """with a map file it can be programmed; the warning stays in sight"""
    open_map(unknown)
    window = dialog("Use this map file?")
    journey.shoot("use")
    gui.press(gui.find(window, "push button", "Use it and connect again"))
    gui.wait_for(lambda: note() is not None and unknown.name in note(), "the warning")
    app.wait_page("FlDevicePage", 60)
    journey.shoot("declared")
    app.press_primary("FlDevicePage")
    app.wait_page("FlFirmwarePage")
    journey.shoot("firmware")
    app.press_primary("FlFirmwarePage")
    app.wait_verdict("Programmed and verified")
    assert note() is not None
    journey.shoot("programmed")


journey.run()
