# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page dark, high in contrast, in large print and in a small window: pictures to be looked at, and that the
suggested action stays in sight."""
import subprocess

from flashloader import WORK, Flashloader, gui, make_firmware

SIZE = (720, 560)

journey = gui.Journey("looks")
firmware = make_firmware(WORK / "blink.bin", 20000)


def log_is_at_end(app):
    """Whether the last line can be seen in the list, wholly."""
    _, top, _, height = gui.extents(gui.find(app.win, "list", "Log"))
    _, y, _, h = gui.extents(app.log_rows()[-1])
    return top <= y and y + h <= top + height


def walk_through(name, env, size):
    """Connects, chooses and programs; a picture of each page."""
    app = journey.start(Flashloader(firmware, env=env))
    if size is not None:
        gui.xdo("search", "--sync", "--onlyvisible", "--name", "^Flashloader$", "windowsize", *map(str, size))
        gui.wait_for(lambda: gui.extents(app.win)[2] <= size[0], "the size")
    width, height = gui.extents(app.win)[2:]
    if size is not None:
        assert width <= size[0] and height <= size[1], (width, height)
    for page in ("FlConnectPage", "FlDevicePage", "FlFirmwarePage"):
        shown = app.wait_page(page, 180)
        button = [n for n in gui.find_all(shown, "push button") if gui.in_sight(n)][-1]
        gui.wait_for(lambda: gui.state(button, "SENSITIVE"), f"the suggested button of {page}")
        x, y, w, h = gui.extents(button)
        assert x >= 0 and x + w <= width and y >= 0 and y + h <= height, (page, x, y, w, h)
        journey.shoot(f"{name}-{page}")
        gui.press(button)
    app.wait_page("FlProgramPage")
    bar = gui.wait_for(lambda: gui.find_all(app.page("FlProgramPage"), "progress bar")[0].queryValue(), "the bar")
    gui.wait_for(lambda: bar.currentValue > 0.2, "progress", 180)
    journey.shoot(f"{name}-running")
    app.wait_verdict("Programmed and verified")
    journey.shoot(f"{name}-verdict")
    app.show_view("Read back")
    app.show_log()
    gui.wait_for(lambda: log_is_at_end(app), "the log's last line in sight")
    journey.shoot(f"{name}-read")
    for line in app.close():
        raise AssertionError(line)


@journey.step
def dark():
    """dark, in a small window"""
    walk_through("dark-small", {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}, SIZE)


@journey.step
def contrast():
    """high contrast"""
    walk_through("contrast", {"ADW_DEBUG_HIGH_CONTRAST": "1"}, None)


@journey.step
def large():
    """text twice as large"""
    subprocess.run(["xprop", "-root", "-f", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER", "Xft.dpi:\t192\n"],
                   check=True)
    walk_through("large", {}, None)


journey.run()
