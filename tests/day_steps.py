"""What happens on the day at the gate, and what must come of it: values only (tests/day.py makes them up).

`ANSWERS` is the table of docs/answers.md, written down here by hand: the rules of the house are not asked.
"""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from gateway.interpret.numbers import NumberSeen
from gateway.orders.every import Order
from gateway.passes.trust import Trust

# docs/answers.md, "What to do at each answer": the words on the screen, coming in, going out
ANSWERS = {
    "admitted": ("Pass is valid", "admit", "admit"),
    "expected": ("Expected today: quarantine begins now", "admit", "admit"),
    "repeated": ("Already admitted a moment ago", "admit", "admit"),
    "unreadable": ("Not a readable pass", "refer", "refer"),
    "not_a_pass": ("Another kind of code, not a pass", "refer", "refer"),
    "forged": ("Pass is forged", "refuse", "refer"),
    "withdrawn": ("Pass was withdrawn", "refuse", "refer"),
    "not_yet_valid": ("Pass is not valid yet", "refuse", "refer"),
    "expired": ("Pass has expired", "refuse", "refer"),
    "wrong_compound": ("Pass is for another compound", "refuse", "refer"),
    "wrong_gate": ("Pass is not for this gate", "refuse", "refer"),
    "spent": ("One-time pass was already used", "refuse", "refer"),
    "not_in_book": ("Card, plate or short code is not in the book", "refer", "refer"),
    "plate_unsure": ("Plate could not be read for sure", "refer", "refer"),
    "typed": ("Short code of a valid pass", "refer", "refer"),
    "quarantined": ("This person is in home quarantine", "refer", "refer"),
    "cannot_check": ("Cannot check just now", "refer", "refer"),
    "clock_not_trusted": ("Clock not trusted, cannot check the dates", "refer", "refer"),
    "fire": ("Fire: every lane is open", "admit", "admit"),
}


class Answer(Struct, frozen=True):
    """What must be decided."""

    lane: str
    direction: str
    verdict: str
    reason: str
    cti: str = ""

    @property
    def opens(self) -> bool:
        """In a fire the lane is held open, and not opened for a moment; for a code that comes again at once it was."""
        return self.verdict == "admit" and self.reason not in ("fire", "repeated")


class Passage(Struct, frozen=True):
    """A code held to the scanner of a lane; or a card, a plate, or what the guard typed (`number`)."""

    at: datetime
    lane: str
    text: str
    answer: Answer
    legible: bool = True  # False: the house may take it for noise, and count it
    number: NumberSeen | None = None


class Ruled(Struct, frozen=True):
    """The guard decides about whom the last passage was."""

    at: datetime
    lane: str
    admit: bool
    answer: Answer


class Undone(Struct, frozen=True):
    """And takes it back at once."""

    at: datetime
    answer: Answer


class Ordered(Struct, frozen=True):
    at: datetime
    order: Order


class TrustCame(Struct, frozen=True):
    at: datetime
    trust: Trust


class Closed(Struct, frozen=True):
    """Somebody says of an alert how it ended."""

    at: datetime
    kind: str
    key: str


class Said(Struct, frozen=True):
    """Something of the house: "uplink lost", "uplink back", "restart", "kill", "clock put right", "fire contact"."""

    at: datetime
    what: str


Step = Passage | Ruled | Undone | Ordered | TrustCame | Closed | Said


@dataclass
class Alarm:
    """An alert that must be there at the end of the day, and how often it must have happened."""

    kind: str
    key: str
    count: int = 0
    open: bool = True
