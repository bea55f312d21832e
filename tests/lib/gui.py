# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the window as a user does: through AT-SPI and, where GTK 4.8 has no AT-SPI call for it, by xdotool.

Run below run-gui.sh. A journey is a list of steps that build on one another; each is reported as a TAP case. Nothing
here sleeps for a fixed time: everything waits for a condition, with a limit that a busy machine does not reach.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import pyatspi
from gi.repository import GLib

TIMEOUT = 60.0  # seconds; for what takes no time on an idle machine
POLL = 0.05
COMPLAINT = re.compile(r"-(WARNING|CRITICAL|ERROR) \*\*|ERROR: (Address|Undefined)Sanitizer|runtime error:")
# Faults of GTK 4.8's own: it announces to AT-SPI a widget that is just going; and it comes to draw one that appeared
# since it laid out the frame, which it then leaves for the next frame.
KNOWN = ("g_variant_is_object_path", "without a current allocation")
ARTEFACTS = pathlib.Path(os.environ.get("FL_ARTEFACTS", "artefacts"))


class Journey:
    """Steps in order; when one fails the rest are not tried, and are reported as failed too."""

    def __init__(self, name):
        self.name = name
        self.steps = []
        self.apps = []
        self.n_shots = 0

    def step(self, function):
        """Decorator; the doc string is the step's title."""
        self.steps.append(function)
        return function

    def shoot(self, what):
        """A picture of the whole screen, kept to be looked at."""
        self.n_shots += 1
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        path = ARTEFACTS / f"{self.name}-{self.n_shots:02}-{what}.png"
        subprocess.run(["import", "-window", "root", str(path)], check=True)

    def run(self):
        print(f"1..{len(self.steps) + 1}", flush=True)
        failed = False
        for number, function in enumerate(self.steps, 1):
            title = (function.__doc__ or function.__name__).strip().split("\n")[0]
            if failed:
                print(f"not ok {number} {title}: not reached", flush=True)
                continue
            try:
                function()
                print(f"ok {number} {title}", flush=True)
            except Exception:  # an assertion, or an object that went away
                failed = True
                for line in traceback.format_exc().rstrip().split("\n"):
                    print(f"# {line}")
                print(f"not ok {number} {title}", flush=True)
                self.explain()
        complaints = [line for app in self.apps for line in app.close()]
        for line in complaints:
            print(f"# {line}")
        print(f"{'not ok' if complaints else 'ok'} {len(self.steps) + 1} the program ends, and has nothing to complain of")
        sys.exit(1 if failed or complaints else 0)

    def start(self, app):
        """Takes a program that was started; it is ended after the last step."""
        self.apps.append(app)
        return app

    def explain(self):
        """What the screen showed when a step failed, as a picture and as a tree."""
        try:
            self.shoot("failed")
            for app in pyatspi.Registry.getDesktop(0):
                if app is not None:
                    for line in dump(app):
                        print(f"# {line}", flush=True)
        except Exception as error:  # the program may be gone: the first failure is what counts
            print(f"# no more is known: {error}", flush=True)


def wait_for(probe, what, timeout=TIMEOUT):
    """Returns the first true value of probe(). An object that dies meanwhile raises in AT-SPI; that is tried again."""
    end = time.monotonic() + timeout
    last = None
    while True:
        start = time.monotonic()
        try:
            value = probe()
            if value:
                return value
        except Exception as error:
            last = error
        now = time.monotonic()
        if now > end:
            raise AssertionError(f"waited {timeout} s for {what}" + (f" ({last})" if last else ""))
        time.sleep(max(POLL, now - start))  # a long search leaves the program the time to do what is waited for


def same_name(node, wanted):
    """GTK 4.8 names a mnemonic button twice: by its label property, and by the label inside: "_Open… Open…"."""
    name = node.name
    if name == wanted:
        return True
    plain = name.replace("_", "")
    return plain == wanted or (plain.startswith(f"{wanted} ") and plain[len(wanted) + 1:].rstrip("…") == wanted.rstrip("…"))


def children(node):
    """Not by pyatspi's own iterator, which asks for their number before each."""
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield child


def walk(node):
    """The node and all below it, in order. Each costs several calls over the bus: start as deep as you can."""
    yield node
    for child in children(node):
        yield from walk(child)


def walk_shown(node):
    """Without what has no place, such as pages that were not shown yet, nor anything below it."""
    try:
        _, _, width, height = extents(node)
    except NotImplementedError:  # the program itself, or the page of a stack: no widget
        width = height = 1
    if width > 0 and height > 0:
        yield node
        for child in children(node):
            yield from walk_shown(child)


def focused(root, likely=None):
    """The widget that has the keyboard, or None; the likely one is asked first."""
    if likely is not None and not is_gone(likely) and state(likely, "FOCUSED"):
        return likely
    return next((n for n in walk_shown(root) if state(n, "FOCUSED")), None)


def is_gone(node):
    """Whether the program has no such widget any more."""
    try:
        return node.getRoleName() == "invalid"
    except GLib.Error:
        return True


def state(node, name):
    return node.getState().contains(getattr(pyatspi, f"STATE_{name}"))


def text(node):
    """A label's, entry's or text view's text. The end must be given: -1 yields an empty text in GTK 4.8."""
    content = node.queryText()
    return content.getText(0, content.characterCount)


def extents(node):
    return node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)


def in_sight(node):
    """Pages of a stack that are hidden stay in the tree, and say that they are visible; but they have no place."""
    if not state(node, "VISIBLE"):
        return False
    _, _, width, height = extents(node)
    return width > 0 and height > 0


def dump(node, depth=0):
    """The tree below a node, a line each."""
    interfaces = [i for i in pyatspi.listInterfaces(node) if i in ("Action", "Text", "EditableText", "Selection", "Value")]
    states = [s for s in ("SENSITIVE", "CHECKED", "SELECTED", "FOCUSED", "VISIBLE", "SHOWING") if state(node, s)]
    try:
        place = tuple(extents(node))
    except NotImplementedError:
        place = ()
    yield f"{'  ' * depth}{node.getRoleName()} {node.name!r} {place} {' '.join(interfaces)} {' '.join(states)}"
    for child in node:
        if child is not None:
            yield from dump(child, depth + 1)


def find_all(root, role, name=None):
    return [n for n in walk(root) if n.getRoleName() == role and (name is None or same_name(n, name))]


def find(root, role, name, timeout=TIMEOUT):
    return wait_for(lambda: next((n for n in walk(root) if n.getRoleName() == role and same_name(n, name)), None),
                    f"{role} “{name}”", timeout)


def find_shown(root, role, name, timeout=TIMEOUT):
    """The one that can be seen, of several with the same name on different pages."""
    return wait_for(lambda: next((n for n in walk_shown(root) if n.getRoleName() == role and same_name(n, name)
                                  and state(n, "VISIBLE")), None), f"{role} “{name}” in sight", timeout)


def labels(root):
    """The texts of all labels that can be seen."""
    return [n.name for n in walk_shown(root) if n.getRoleName() == "label" and n.name and state(n, "VISIBLE")]


def wait_label(root, part, timeout=TIMEOUT):
    """Waits for a label in sight that contains this text; returns its whole text."""
    return wait_for(lambda: next((t for t in labels(root) if part in t), None), f"a text with “{part}”", timeout)


def press(node):
    """Buttons, menu items, switches, entries (activate): all that have an Action in GTK 4.8."""
    wait_for(lambda: state(node, "SENSITIVE"), f"{node.name} to be sensitive")
    assert node.queryAction().doAction(0), node.name


def on_screen(title):
    """Whether the X server shows a window of that title."""
    return subprocess.run(["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"], capture_output=True).returncode == 0


def xdo(*args):
    subprocess.run(["xdotool", *args], check=True)


def key(*keys):
    for one in keys:
        xdo("key", "--clearmodifiers", one)


def type_text(content):
    """The keyboard, for what has the focus."""
    xdo("type", "--delay", "8", content)


def scroll_to(node):
    """Turns the mouse wheel over the page until the widget is in sight."""
    def is_pane(candidate):
        return candidate.getRoleName() == "scroll pane"

    pane = node
    while pane is not None and not is_pane(pane):
        pane = pane.parent
    if pane is None:
        return
    end = time.monotonic() + TIMEOUT
    while True:
        left, top, width, height = extents(pane)
        _, y, _, h = extents(node)
        if top <= y and y + h <= top + height:
            return
        assert time.monotonic() < end, f"{node.name} cannot be scrolled to"
        xdo("mousemove", str(left + 30), str(top + height // 2), "click", "4" if y < top else "5")
        try:
            wait_for(lambda: extents(node)[1] != y, "the page to move", 1)
        except AssertionError:  # the first turn of the wheel may only bring the pointer in
            pass


def click(node):
    """The mouse: for check buttons and rows, which have no Action in GTK 4.8. There is no window manager, so that all
    windows are at 0,0."""
    scroll_to(node)
    x, y, width, height = extents(node)
    assert width > 0 and height > 0, f"{node.name} has no place yet"
    xdo("mousemove", str(x + min(width // 2, 10)), str(y + height // 2), "click", "1")


def set_text(entry, value):
    assert entry.queryEditableText().setTextContents(value)
    wait_for(lambda: text(entry) == value, f"the text {value}")


class App:
    """A program that was started, and its windows."""

    def __init__(self, argv, env=None):
        self.closed = False  # it was told to end
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(argv, env={**os.environ, **(env or {})}, stderr=self.errors)
        self.root = wait_for(self.find_root, f"the program {argv[0]}")
        xdo("mousemove", "5000", "5000")  # into the corner: no tooltips over the pictures

    def find_root(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the program ended with {self.process.returncode}")
        return next((a for a in pyatspi.Registry.getDesktop(0)
                     if a is not None and a.get_process_id() == self.process.pid), None)

    def window(self, title, timeout=TIMEOUT):
        return wait_for(lambda: next((w for w in self.root if w is not None and w.name == title), None),
                        f"window {title}", timeout)

    def titles(self):
        return [w.name for w in self.root if w is not None]

    def focus(self, title):
        """Gives a window the keyboard: there is no window manager that would. It may be about to be shown again."""
        give = ["xdotool", "search", "--sync", "--onlyvisible", "--name", f"^{title}$", "windowfocus", "--sync"]
        wait_for(lambda: subprocess.run(give).returncode == 0, f"{title} to take the keyboard")

    def choose_file(self, title, path, main="Flashloader"):
        """GTK's own file chooser, by keyboard: ctrl+l, the path in place of a proposed name, Return.

        The X server is asked whether it is there: asked over AT-SPI about a window that is being closed, GTK 4.8 may
        answer with a path that is gone, and crash.
        """
        wait_for(lambda: on_screen(title), f"{title} to open")
        self.focus(title)
        key("ctrl+l", "ctrl+a")
        type_text(str(path))
        key("Return")
        try:
            wait_for(lambda: not on_screen(title), f"{title} to close", 5)
        except AssertionError:  # a completion that came up meanwhile has taken it
            key("Return")
        wait_for(lambda: not on_screen(title), f"{title} to close")
        self.focus(main)

    def is_running(self):
        return self.process.poll() is None

    def close(self):
        """Asks the program to end, as a session does; a test that failed may leave one that does not. Returns what it
        had to complain of: a warning of the toolkit about a widget is a fault of ours, and so is a crash."""
        ended = [] if self.is_running() or self.closed else [f"it ended by itself, with {self.process.returncode}"]
        self.closed = True
        if self.is_running():
            self.process.terminate()
        try:
            code = self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.errors.seek(0)
        said = [line.rstrip() for line in self.errors]
        complaints = [line for line in said if COMPLAINT.search(line) and not any(k in line for k in KNOWN)]
        return complaints + ended + ([f"it ended with {code}"] if code not in (0, -signal.SIGTERM) else [])

    def wait_end(self):
        """Waits for the program to end by itself, as it was told."""
        wait_for(lambda: not self.is_running(), "the program to end")
        self.closed = True
