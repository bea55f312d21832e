# SPDX-License-Identifier: GPL-3.0-or-later
"""Protection and option bytes: a field is changed by keyboard, reviewed, written and read back; what cannot be undone
is not written before the chip's name was typed; option bytes go into a file and out of it again."""
from flashloader import SLOW, WORK, Flashloader, gui

BOARD = "STM32G0B1 practice board"
MAX_TABS = 80

journey = gui.Journey("options")
saved = WORK / "options.ini"
app = journey.start(Flashloader())


def page():
    return app.page("FlOptionsPage")


def tab_to(root, name, role=None):
    """Presses Tab until the widget with this name, or its inner button, has the focus."""
    seen = []
    for _ in range(MAX_TABS):
        before = gui.focused(root)
        gui.key("Tab")
        try:
            now = gui.wait_for(lambda: next(n for n in [gui.focused(root, before)] if n is not None and n != before),
                               "the focus to move", 2)
        except AssertionError:
            continue
        if gui.same_name(now, name) or (now.parent is not None and gui.same_name(now.parent, name)):
            return now
        seen.append(now.name)
    raise AssertionError(f"{name} cannot be reached by Tab: {seen}")


def search(text, found, hidden):
    """Leaves only what matches, wherever the keyboard was."""
    def shown(name):
        return any(gui.in_sight(n) for n in gui.find_all(page(), "combo box", name))

    gui.key("ctrl+f", "ctrl+a")
    gui.type_text(text)
    gui.wait_for(lambda: shown(found) and not shown(hidden), f"{found} to be found, and {hidden} not")


def value_of(name):
    """What the drop-down of a field shows."""
    box = gui.find_shown(page(), "combo box", name)
    return next(n.name for n in gui.walk(box) if n.getRoleName() == "label" and n.name not in ("", "(None)"))


def choose(name, *keys):
    """A value from the list of a field, by keyboard."""
    tab_to(app.win, name)
    before = value_of(name)
    gui.key("space")
    box = gui.find_shown(page(), "combo box", name)
    gui.wait_for(lambda: gui.find_all(box, "list item"), "the list to open")
    gui.key(*keys, "Return")
    gui.wait_for(lambda: value_of(name) != before, f"another value of {name}")


def review():
    gui.key("ctrl+Return")
    dialog = app.window("Review changes")
    app.focus("Review changes")
    return dialog


def wait_closed():
    gui.wait_for(lambda: not gui.on_screen("Review changes"), "the review to close")
    app.focus("Flashloader")


@journey.step
def connect():
    """the board's option bytes are shown in words"""
    app.connect(BOARD)
    app.show_view("Protection")
    app.focus("Flashloader")
    gui.wait_label(page(), "not protected")
    assert gui.find_all(page(), "image", "Flash map")
    journey.shoot("shown")


@journey.step
def save():
    """they are saved to a file"""
    gui.press(next(n for n in gui.walk(gui.find_shown(page(), "push button", "Save, load, as new"))
                   if n.getRoleName() == "push button" and n.parent.getRoleName() == "push button"))
    gui.press(gui.find(page(), "menu item", "Save what was read…"))
    app.choose_file("Save option bytes", saved)
    gui.wait_label(page(), "Option bytes saved")
    assert "nBOOT_SEL=" in saved.read_text(), saved.read_text()


@journey.step
def change():
    """the other value of nBOOT_SEL is chosen, reviewed, written and read back"""
    search("nBOOT_SEL", "nBOOT_SEL", "RDP")
    old = value_of("nBOOT_SEL")
    choose("nBOOT_SEL", "Up" if old.startswith("1") else "Down")
    new = value_of("nBOOT_SEL")
    gui.wait_label(page(), "1 change")
    journey.shoot("changed")
    dialog = review()
    gui.wait_label(dialog, f"{old} → {new}")
    button = gui.find(dialog, "push button", "Write option bytes")
    check = gui.find(dialog, "check box", "I have read this")
    journey.shoot("review")
    if gui.in_sight(check):
        assert not gui.state(button, "SENSITIVE")
        tab_to(dialog, "I have read this")
        gui.key("space")
    gui.press(button)
    wait_closed()
    gui.wait_label(page(), "Written, read back, and equal", SLOW)
    assert value_of("nBOOT_SEL") == new, value_of("nBOOT_SEL")
    gui.wait_label(page(), "Nothing is changed yet.")
    journey.shoot("written")


@journey.step
def irreversible():
    """readout protection level 2 cannot be written before the chip's name was typed, and is cancelled"""
    search("debugger level", "RDP", "nBOOT_SEL")
    choose("RDP", "End")
    assert value_of("RDP").startswith("0xCC"), value_of("RDP")
    gui.wait_label(page(), "cannot be undone")
    dialog = review()
    button = gui.find(dialog, "push button", "Write option bytes")
    name = gui.find(dialog, "text", "The chip’s name")
    assert not gui.state(button, "SENSITIVE")
    gui.set_text(name, "STM32G0")
    assert not gui.state(button, "SENSITIVE")
    journey.shoot("name")
    gui.set_text(name, "STM32G0B1")
    gui.wait_for(lambda: gui.state(button, "SENSITIVE"), "the button to come on")
    gui.set_text(name, "STM32F103")
    gui.wait_for(lambda: not gui.state(button, "SENSITIVE"), "the button to go off")
    gui.key("Escape")
    wait_closed()
    app.press("FlOptionsPage", "Undo all")
    gui.wait_label(page(), "Nothing is changed yet.")
    assert value_of("RDP").startswith("0xAA"), value_of("RDP")


@journey.step
def load():
    """what was saved is loaded: it is marked, and not written"""
    gui.press(next(n for n in gui.walk(gui.find_shown(page(), "push button", "Save, load, as new"))
                   if n.getRoleName() == "push button" and n.parent.getRoleName() == "push button"))
    gui.press(gui.find(page(), "menu item", "Load from a file…"))
    app.choose_file("Load option bytes", saved)
    gui.wait_label(page(), "Option bytes loaded")
    gui.wait_label(page(), "1 change is marked below")
    journey.shoot("loaded")


@journey.step
def pages():
    """pages are protected against writing by their numbers, and the map shows it"""
    app.press("FlOptionsPage", "Undo all")
    gui.wait_label(page(), "Nothing is changed yet.")
    gui.set_text(gui.find(page(), "text", "Pages to protect against writing"), "0-15, 32")
    gui.wait_for(lambda: "To be protected: 17" in app.map_on("FlOptionsPage"), "the map to show them")
    dialog = review()
    gui.wait_label(dialog, "none → 0-15, 32")
    gui.press(gui.find(dialog, "push button", "Write option bytes"))
    wait_closed()
    gui.wait_label(page(), "0-15, 32", SLOW)
    gui.wait_for(lambda: " Protected: 17" in app.map_on("FlOptionsPage"), "the map to show them", SLOW)
    journey.shoot("protected")


journey.run()
