# SPDX-License-Identifier: GPL-3.0-or-later
"""Different failures, and what a technician on the phone is told about each: what it can be, and what to do next."""
import os
import pathlib
import threading
import tty

from flashloader import SLOW, WORK, Flashloader, gui

SCENARIOS = pathlib.Path(os.environ["FL_DATA"]) / "scenarios"
SIZE = (720, 560)
LIKELIHOODS = ("proved", "very likely", "likely", "possible", "less likely")

journey = gui.Journey("diagnosis")
app = None


def start(port, **env):
    """One at a time: a second program would hand its request on to the first."""
    global app
    stop()
    app = journey.start(Flashloader("--port", port, env=env))
    gui.wait_for(lambda: app.step_detail("FlConnectPage"), "the port to be chosen")


def stop():
    global app
    lines = app.close() if app is not None else []
    app = None
    assert not lines, lines


def fail():
    """Connects, which must not work. Returns the causes on the card, each with how likely it is."""
    app.press_primary("FlConnectPage")
    app.explanation("FlConnectPage")
    return causes(app.card("FlConnectPage"))


def causes(root):
    """What a screen reader says of each: "The chip ignores its BOOT0 pin: likely"."""
    return [n.name for n in gui.find_all(root, "push button") if n.name.split(": ")[-1] in LIKELIHOODS and gui.in_sight(n)]


def find_out():
    """Presses “Find out why”. Returns the window."""
    gui.press(gui.find(app.card("FlConnectPage"), "push button", "Find out why"))
    return app.window("Find out why")


def wait_end(dialog):
    """Waits for what was found; returns the causes."""
    gui.find_shown(dialog, "push button", "Try again", SLOW)
    return causes(dialog)


@journey.step
def silence():
    """silence: several causes, none of them proved, the first with what to do; the probes know more"""
    start("sim:0x460,clock=real,boot0=ignored,blank=0")
    found = fail()
    journey.shoot("silence")
    assert len(found) >= 3 and not any("proved" in c for c in found), found
    assert "What to do" in gui.labels(app.card("FlConnectPage"))
    dialog = find_out()
    found = wait_end(dialog)
    journey.shoot("silence-found")
    assert found[0].startswith("The chip ignores its BOOT0 pin"), found
    assert any("nBOOT_SEL" in text for text in gui.labels(dialog))
    # No board is connected, so there are no option bytes to look at.
    assert not gui.state(gui.find(dialog, "push button", "Look at the option bytes"), "SENSITIVE")
    gui.press(gui.find(dialog, "push button", "Close"))


@journey.step
def parity():
    """an adapter that sends no parity bit: proved by the probes"""
    start(f"sim:{SCENARIOS / 'no-parity-adapter.json'},clock=real")
    fail()
    journey.shoot("parity")
    found = wait_end(find_out())
    journey.shoot("parity-found")
    assert found == ["The parity bit does not reach the board: proved"], found


@journey.step
def garble():
    """answers at another speed"""
    start(f"sim:{SCENARIOS / 'slow-transmitter.json'},clock=real")
    fail()
    journey.shoot("garble")
    found = wait_end(find_out())
    journey.shoot("garble-found")
    assert found, found


@journey.step
def protected():
    """readout protection: a board that connects is looked at from the menu, and its protection can be looked at"""
    start("sim:0x410,clock=real,rdp=1,blank=0")
    app.press_primary("FlConnectPage")
    app.wait_page("FlDevicePage", SLOW)
    gui.press(gui.find_all(app.win, "push button", "Menu")[-1])  # the button within the button
    gui.press(gui.find_shown(app.win, "menu item", "Find out why…"))
    dialog = app.window("Find out why")
    found = wait_end(dialog)
    journey.shoot("protected-found")
    assert found and "protect" in found[0].lower(), found
    gui.press(gui.find(dialog, "push button", "Look at the protection"))
    gui.wait_label(app.page("FlOptionsPage"), "Readout protection", SLOW)
    journey.shoot("protected-remedy")


@journey.step
def missing():
    """a port that is not there, in a small window: the button that helps is in sight"""
    start("/dev/ttyUSB77")
    gui.xdo("search", "--sync", "--onlyvisible", "--name", "^Flashloader$", "windowsize", *map(str, SIZE))
    gui.wait_for(lambda: gui.extents(app.win)[2] <= SIZE[0], "the size")
    found = fail()
    assert found == ["This is not the adapter that is wired to the board: proved"], found
    _, y, _, height = gui.extents(gui.find(app.card("FlConnectPage"), "push button", "Find out why"))
    assert y + height <= SIZE[1], y
    journey.shoot("missing")


class LateBoard(threading.Thread):
    """A board on a port of its own that is silent until somebody helps it. Knows just enough to be recognised."""

    ANSWERS = {b"\x00\xFF": "79 0B 31 00 01 02 11 21 31 44 63 73 82 92 79", b"\x01\xFE": "79 31 00 00 79",
               b"\x02\xFD": "79 01 04 60 79"}

    def __init__(self, link):
        super().__init__(daemon=True)
        self.master, self.slave = os.openpty()  # the other end is kept open: a client may come and go
        tty.setraw(self.slave)
        link.symlink_to(os.ttyname(self.slave))
        self.helped = threading.Event()

    def run(self):
        synchronised = False
        while True:
            received = os.read(self.master, 64)
            if not self.helped.is_set():
                continue
            if not synchronised and received[:1] == b"\x7F":
                synchronised = True
                os.write(self.master, b"\x79")
            elif synchronised:
                os.write(self.master, bytes.fromhex(self.ANSWERS.get(received, "1F")))


def pass_questions(dialog):
    """“Don't know” to all of them, until there is something to do."""
    while not any(gui.in_sight(n) for n in gui.find_all(dialog, "push button", "Did not help")):
        asked = [n for n in gui.find_all(dialog, "push button", "Don’t know") if gui.in_sight(n)]
        title = next((t for t in gui.labels(dialog) if t.startswith("Question")), None)
        if asked and title:
            gui.press(asked[0])
            gui.wait_for(lambda: title not in gui.labels(dialog), "what comes after that question")


@journey.step
def guided():
    """a board on a real port: a question, then one thing to do at a time; what helped is noticed, and is the diagnosis"""
    settings = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "glib-2.0" / "settings"
    settings.mkdir(parents=True)
    (settings / "keyfile").write_text("[io/github/flashloader/Flashloader]\nparity='none'\n")  # a pty has none
    board = LateBoard(WORK / "board")
    board.start()
    start(str(WORK / "board"), GSETTINGS_BACKEND="keyfile")
    fail()
    dialog = find_out()
    gui.find_shown(dialog, "push button", "Don’t know", SLOW)
    journey.shoot("question")
    pass_questions(dialog)
    gui.wait_label(dialog, "notices by itself")
    picture = gui.find_shown(dialog, "image", "Wiring")
    assert "PA10" in picture.description, picture.description
    journey.shoot("action")
    step = next(t for t in gui.labels(dialog) if t.startswith("Step"))
    gui.press(gui.find_shown(dialog, "push button", "Did not help"))
    gui.wait_for(lambda: step not in gui.labels(dialog), "the next step")
    gui.wait_label(dialog, "Swap the two data wires")
    journey.shoot("next-action")
    board.helped.set()
    found = wait_end(dialog)
    gui.wait_label(dialog, "After swapping TX and RX the bootloader answered")
    journey.shoot("solved")
    assert found[0] == "TX and RX are swapped, or a wire is open: proved", found


@journey.step
def stopped():
    """stopping shows what is known so far"""
    gui.press(gui.find(app.window("Find out why"), "push button", "Close"))
    gui.wait_for(lambda: "Find out why" not in app.titles(), "the window to close")
    start("sim:0x460,clock=real,deaf=1")
    fail()
    dialog = find_out()
    gui.press(gui.find_shown(dialog, "push button", "Stop"))
    wait_end(dialog)
    gui.wait_label(dialog, "Stopped")
    gui.press(gui.find_shown(dialog, "push button", "Close"))
    gui.wait_for(lambda: not gui.on_screen("Find out why"), "the window to close")


@journey.step
def closed():
    """closed while it looks, it stops looking: the port is free for the next attempt"""
    dialog = find_out()
    gui.find_shown(dialog, "push button", "Stop")
    gui.press(gui.find_shown(dialog, "push button", "Close"))  # the one in the title bar
    gui.wait_for(lambda: not gui.on_screen("Find out why"), "the window to close")
    fail()
    stop()


class Bridge(threading.Thread):
    """An adapter alone, its TX and RX connected with each other until somebody takes the wire out."""

    def __init__(self, link):
        super().__init__(daemon=True)
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        link.symlink_to(os.ttyname(self.slave))
        self.bridged = True

    def run(self):
        while True:
            received = os.read(self.master, 64)
            if self.bridged:
                os.write(self.master, received)


@journey.step
def loopback():
    """the adapter alone: what is sent comes back; without the bridge it says what to look at"""
    bridge = Bridge(WORK / "bridge")
    bridge.start()
    start(str(WORK / "bridge"))
    gui.press(gui.find_all(app.win, "push button", "Menu")[-1])
    gui.press(gui.find_shown(app.win, "menu item", "Test the adapter…"))
    dialog = app.window("Test the adapter")
    gui.wait_label(dialog, "bridge the adapter’s TX and RX")
    journey.shoot("bridge")
    gui.press(gui.find_shown(dialog, "push button", "Start the test"))
    gui.wait_label(dialog, "The adapter is good", SLOW)
    gui.wait_label(dialog, "1024 bytes sent, 1024 received, 0 of them wrong")
    journey.shoot("good")
    bridge.bridged = False
    gui.press(gui.find_shown(dialog, "push button", "Test again"))
    gui.wait_label(dialog, "Nothing came back", SLOW)
    journey.shoot("nothing")
    gui.press(gui.find_shown(dialog, "push button", "Close"))
    gui.wait_for(lambda: not gui.on_screen("Test the adapter"), "the window to close")
    stop()


journey.run()
