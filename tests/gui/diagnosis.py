# SPDX-License-Identifier: GPL-3.0-or-later
"""Five different failures, and what a technician on the phone is told about each."""
import json
import os
import pathlib

from flashloader import SLOW, WORK, Flashloader, gui

SCENARIOS = pathlib.Path(os.environ["FL_DATA"]) / "scenarios"

journey = gui.Journey("diagnosis")


def start(port, env=None):
    app = journey.start(Flashloader("--port", port, env=env))
    gui.wait_for(lambda: app.step_detail("FlConnectPage"), "the port to be chosen")
    return app


def fail(app):
    """Connects, which must fail, and returns the card."""
    app.press_primary("FlConnectPage")
    app.explanation("FlConnectPage")
    return app.card("FlConnectPage")


def find_out(app, name):
    """Presses “Find out why”, and waits for the end. Returns the window."""
    gui.press(gui.find(app.card("FlConnectPage"), "push button", "Find out why"))
    dialog = app.window("Find out why")
    gui.find_shown(dialog, "push button", "Try again", SLOW)
    journey.shoot(name)
    return dialog


def close(app):
    for line in app.close():
        raise AssertionError(line)


@journey.step
def silence():
    """silence: never one cause only, each with something to do"""
    app = start("sim:0x460,clock=real,boot0=ignored,blank=0")
    fail(app)
    journey.shoot("silence")
    find_out(app, "silence-found")
    close(app)


@journey.step
def parity():
    """an adapter without parity"""
    app = start(f"sim:{SCENARIOS / 'no-parity-adapter.json'},clock=real")
    fail(app)
    journey.shoot("parity")
    find_out(app, "parity-found")
    close(app)


@journey.step
def missing():
    """a port that is not there"""
    app = start("/dev/ttyUSB77")
    fail(app)
    journey.shoot("missing")
    close(app)


journey.run()
