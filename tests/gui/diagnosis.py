# SPDX-License-Identifier: GPL-3.0-or-later
"""Different failures, and what a technician on the phone is told about each: what it can be, and what to do next."""
import os
import pathlib
import subprocess

from flashloader import SLOW, WORK, Flashloader, gui

SCENARIOS = pathlib.Path(os.environ["FL_DATA"]) / "scenarios"
SIMULATOR = os.environ["FL_SIMULATOR"]
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


@journey.step
def guided():
    """a board on a real port: a question, then one thing to do at a time, and what helped is the diagnosis"""
    settings = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "glib-2.0" / "settings"
    settings.mkdir(parents=True)
    (settings / "keyfile").write_text("[io/github/flashloader/Flashloader]\nparity='none'\n")
    board = WORK / "board"
    command = [SIMULATOR, "--pty", str(board), "--device", "0x460", "--boot0=ignored", "--blank=0"]
    simulator = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # it is no part of the TAP
    try:
        gui.wait_for(board.exists, "the simulator")
        start(str(board), GSETTINGS_BACKEND="keyfile")
        fail()
        dialog = find_out()
        gui.find_shown(dialog, "push button", "Don’t know", SLOW)
        journey.shoot("question")
        while not any(n for n in gui.find_all(dialog, "push button", "Did not help") if gui.in_sight(n)):
            asked = [n for n in gui.find_all(dialog, "push button", "Don’t know") if gui.in_sight(n)]
            if asked:
                question = next(t for t in gui.labels(dialog) if t.startswith("Question"))
                gui.press(asked[0])
                gui.wait_for(lambda: question not in gui.labels(dialog), "the next one")
        gui.wait_label(dialog, "notices by itself")
        picture = gui.find_shown(dialog, "image", "Wiring")
        assert "PA10" in picture.description, picture.description
        journey.shoot("action")
        step = next(t for t in gui.labels(dialog) if t.startswith("Step"))
        gui.press(gui.find_shown(dialog, "push button", "Did not help"))
        gui.wait_for(lambda: step not in gui.labels(dialog), "the next step")
        journey.shoot("next-action")
        gui.press(gui.find_shown(dialog, "push button", "Stop"))
        found = wait_end(dialog)
        gui.wait_label(dialog, "Stopped")
        journey.shoot("stopped")
        assert found, found
    finally:
        simulator.terminate()
        simulator.wait()
    stop()


journey.run()
