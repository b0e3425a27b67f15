"""The entry pass as the house knows it once it has been verified: kinds, values, and two questions about it."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

MAX_GATES = 32
ALL_GATES = -1  # every bit set, as two's complement has it: one byte in the code, and gates built later are included


class Kind(StrEnum):
    """Whom a pass is for. What each may do is the admission rule's business."""

    RESIDENT = "resident"
    VISITOR = "visitor"
    STAFF = "staff"
    COURIER = "courier"
    VOLUNTEER = "volunteer"
    OBSERVED = "observed"  # somebody in home quarantine


class Pass(Struct, frozen=True, tag=True):
    """An authentic pass. It says nothing of whether it opens this gate at this hour.

    `cti` (8 bytes, hex) is the pass's own id and the only key for spending and withdrawing it; `subject` (8 bytes, hex)
    is the pseudonym of its person for one stay. Bit 0 of `gates` is gate 1. Valid from `not_before`, no longer at
    `not_after`. `stepped` is when the phone began to show this very code; a card has none (`rotating.freshness`).
    """

    cti: str
    kid: str
    subject: str | None
    compound: str
    kind: Kind
    gates: int
    not_before: datetime
    not_after: datetime
    once: bool
    stepped: datetime | None = None


def within(gate_pass: Pass, at: datetime) -> bool:
    """Is the pass valid at this instant (aware)?"""
    return gate_pass.not_before <= at < gate_pass.not_after


def covers(gate_pass: Pass, gate_number: int) -> bool:
    """Does the pass name this gate of its compound (1 to 32)?"""
    return 1 <= gate_number <= MAX_GATES and bool(gate_pass.gates >> (gate_number - 1) & 1)
