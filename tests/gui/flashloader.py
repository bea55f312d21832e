# SPDX-License-Identifier: GPL-3.0-or-later
"""The window of Flashloader, as the journeys use it."""
import os
import pathlib
import random
import struct
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import gui  # noqa: E402  (found by the line above)

PROGRAM = os.environ["FL_PROGRAM"]
WORK = pathlib.Path(tempfile.mkdtemp(prefix="flashloader-"))  # below the run's own home, which is removed
SLOW = 180.0  # seconds: for a job on the real clock of a simulated board, on a machine that does other things too
PAGES = {
    "FlConnectPage": "Step 1, Connect",
    "FlDevicePage": "Step 2, Device",
    "FlFirmwarePage": "Step 3, Firmware",
    "FlProgramPage": "Step 4, Program",
}


def make_firmware(path, size=6000, stack=0x20001800, start=0x08000000, seed=1):
    """A raw binary that looks built for a small STM32: a vector table, and bytes that do not repeat."""
    content = bytearray(random.Random(seed).randbytes(size))
    content[0:8] = struct.pack("<II", stack, start + 0x101)
    path.write_bytes(content)
    return path


class Flashloader(gui.App):
    def __init__(self, *arguments, env=None):
        super().__init__([PROGRAM, *map(str, arguments)], env)
        self.win = self.window("Flashloader")
        self.found = {}  # by name: what stays, and would take long to search for again
        self.at = None

    def lasting(self, name):
        """A widget by its name, which it keeps."""
        node = self.found.get(name)
        if node is None or gui.is_gone(node) or node.name != name:
            node = gui.wait_for(lambda: next((n for n in gui.walk(self.win) if n.name == name), None), name)
            self.found[name] = node
        return node

    def page(self, name):
        """A page by its class: FlConnectPage, FlDevicePage…"""
        return self.lasting(name)

    def steps(self):
        """The bar with the wizard's steps."""
        return self.lasting("Steps")

    def focused(self):
        """The widget of the main window that has the keyboard, or None."""
        self.at = gui.focused(self.win, self.at)
        return self.at

    def choose_board(self, title):
        row = gui.find(self.page("FlConnectPage"), "list item", title)
        check = gui.find(row, "check box", title)
        if not gui.state(check, "CHECKED"):
            gui.click(check)
            gui.wait_for(lambda: gui.state(check, "CHECKED"), f"{title} to be chosen")

    def press(self, page, name):
        gui.press(gui.find(self.page(page), "push button", name))

    def press_primary(self, page):
        """The one suggested button of a page: its last one in the bar below it, whatever it is called now."""
        button = gui.wait_for(lambda: [n for n in gui.find_all(self.page(page), "push button") if gui.in_sight(n)][-1],
                              "the suggested button")
        gui.press(button)

    def current_page(self):
        """The class of the wizard's page in sight; pages that were left stay in the tree, with their old places."""
        bar = self.steps()
        for page, step in PAGES.items():
            if gui.find(bar, "push button", step).description == "current":
                return page
        return None

    def wait_page(self, name, timeout=gui.TIMEOUT):
        gui.wait_for(lambda: self.current_page() == name, f"{name} to be shown", timeout)
        return self.page(name)

    def show_log(self):
        button = gui.find(self.win, "push button", "Log")
        if not gui.state(button, "PRESSED"):
            gui.press(button)
            gui.wait_for(lambda: gui.state(button, "PRESSED"), "the log to unfold")

    def show_view(self, name):
        """Program or Read back: the tabs in the header bar."""
        tab = gui.find_shown(self.win, "page tab", name)
        gui.press(tab)
        gui.wait_for(lambda: gui.state(tab, "SELECTED"), f"the view {name}")

    def log_rows(self):
        """Of the unfolded log: what a screen reader says of each line that has a widget."""
        return gui.find_all(gui.find(self.win, "list", "Log"), "list item")

    def explanation(self, page, timeout=SLOW):
        """The failure in place, as its headings with what stands below them; "": the title."""
        headings = ("What we did", "What came back", "What that means", "What to do", "State of the board")

        def read():
            found = {"": None}
            card = self.find_card(page)
            for text in gui.labels(card) if card is not None else []:
                if text in headings:
                    found[text] = []
                elif found[""] is None:
                    found[""] = text
                else:
                    found[list(found)[-1]].append(text)
            return found if "What we did" in found else None

        return gui.wait_for(read, f"an explanation on {page}", timeout)

    def card(self, page):
        """The widget around a failure: the innermost named one that has its headings."""
        return gui.wait_for(lambda: self.find_card(page), f"a failure's card on {page}")

    def find_card(self, page):
        """The same, or None: it is laid out anew when more is known."""
        heading = next((n for n in gui.walk(self.page(page)) if n.name == "What we did" and gui.in_sight(n)), None)
        while heading is not None and not (heading.getRoleName() == "panel" and heading.name):
            heading = heading.parent
        return heading

    def connect(self, title):
        self.choose_board(title)
        self.press_primary("FlConnectPage")
        return self.wait_page("FlDevicePage", SLOW)

    def choose_firmware(self, path):
        self.press("FlFirmwarePage", "Choose file")
        self.choose_file("Choose a firmware file", path)
        gui.wait_label(self.page("FlFirmwarePage"), path.name)

    def choose_another(self, path):
        self.press("FlFirmwarePage", "Choose another file")
        self.choose_file("Choose a firmware file", path)
        gui.wait_label(self.page("FlFilePane"), path.name)

    def step_detail(self, page):
        """What stands below a step's title: what was chosen there, or what came of it."""
        button = gui.find(self.steps(), "push button", PAGES[page])
        return next((n.name for n in gui.walk(button) if n.getRoleName() == "label" and not n.name.isdigit()
                     and n.name != PAGES[page].split()[-1] and gui.in_sight(n) and n.name != "GtkLabel"), "")

    def wait_verdict(self, verdict):
        """The large plain words at the end of a job; the step says the same, and forgets it when the next job runs."""
        gui.wait_for(lambda: self.step_detail("FlProgramPage") == verdict, f"the verdict “{verdict}”", SLOW)
        return gui.wait_label(self.page("FlVerdictView"), verdict)

    def wait_running(self):
        """Another job runs: the last one's verdict is gone."""
        gui.wait_for(lambda: self.step_detail("FlProgramPage") == "", "a job to run", SLOW)

    def start_programming(self):
        """Presses Program, and waits until bytes flow. Returns the bar."""
        self.press_primary("FlFirmwarePage")
        page = self.wait_page("FlProgramPage")
        return gui.wait_for(lambda: gui.find_all(page, "progress bar")[0].queryValue(), "the bar")

    def map_on(self, page):
        """The flash map in words."""
        return gui.find(self.page(page), "image", "Flash map").description
