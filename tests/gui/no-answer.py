# SPDX-License-Identifier: GPL-3.0-or-later
"""A board whose chip ignores BOOT0: what the window says, and that one can go on with another board."""
from flashloader import SLOW, Flashloader, gui

SILENT = "Practice board that does not answer"

journey = gui.Journey("no-answer")
app = journey.start(Flashloader())


@journey.step
def choose():
    """the silent practice board can be chosen"""
    app.choose_board(SILENT)
    journey.shoot("chosen")


@journey.step
def connect():
    """connecting ends with an explanation in place"""
    app.press("FlConnectPage", "Connect")
    assert "does not answer" in app.explanation("FlConnectPage")[""]
    journey.shoot("explained")


@journey.step
def explained():
    """it says what was sent, that no 79 came, and what to check"""
    card = app.explanation("FlConnectPage")
    did, came, checks = (" ".join(card[part]) for part in ("What we did", "What came back", "What to do"))
    assert "7F" in did and "115200" in did, did
    assert "Nothing" in came and "79" in came, came
    assert "BOOT0" in checks, checks
    card_on_page = app.card("FlConnectPage")
    ignored = next(n for n in gui.find_all(card_on_page, "push button") if n.name.startswith("The chip ignores its BOOT0"))
    gui.press(ignored)  # unfolds it
    gui.wait_label(card_on_page, "nBOOT_SEL")


@journey.step
def logged():
    """the log has the [KO] and unfolds to the bytes"""
    app.show_log()
    row = gui.wait_for(lambda: next(r for r in app.log_rows() if r.name.endswith("[KO]")), "a line with [KO]")
    gui.click(gui.find(row, "push button", "Expand"))
    gui.wait_for(lambda: any("7F" in item.name and "[KO]" not in item.name for item in app.log_rows()),
                 "the bytes below the line")
    journey.shoot("log")


@journey.step
def another():
    """another board connects all the same"""
    app.choose_board("STM32G071 practice board")
    app.press_primary("FlConnectPage")
    app.wait_page("FlDevicePage", SLOW)
    journey.shoot("another-board")


journey.run()
