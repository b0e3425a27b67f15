"""Decisions at the lanes in; the couriers who came in and did not go out again, by a lane, out.

Floor 2, a pure room. Tracked for couriers alone: they come for minutes, and go out by a lane if there is one for it.
Who of the others is inside is asked only by profiles that can know (tailgating makes it noise). A courier who comes in
again has been out in between, whatever the lanes saw. The fold of the house and that of the pages move by the same
steps; gateway/rules/couriers.py gives those that need the hour.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Direction, Places
from gateway.findings import Decision, Reason, Verdict
from gateway.passes.gate_pass import Kind as Holder

MOST_TRACKED = 500  # of a gateway; the longest inside is forgotten first
UNDO_WITHIN = timedelta(seconds=30)
COMES_IN = frozenset({Reason.ADMITTED, Reason.EXPECTED, Reason.BACK_HOME, Reason.RULED_BY_GUARD})


class Courier(Struct, frozen=True, kw_only=True):
    """One inside. `who`: the pass's pseudonym, or its id; `before`: was inside since then already, by the book."""

    who: str
    lane: str
    compound: str
    came: datetime
    subject: str = ""
    ruled: bool = False  # let in by a guard, which can be taken back for half a minute
    before: datetime | None = None


def note(book: dict[str, Courier], decision: Decision, places: Places) -> str:
    """Move the book on by a decision. Returns whose line changed, empty if none did."""
    who = decision.subject or decision.cti
    if not who or decision.holder != Holder.COURIER:
        return ""
    known = book.get(who)
    if decision.reason is Reason.RULING_UNDONE:
        if known is None or not known.ruled or decision.at - known.came > UNDO_WITHIN:
            return ""
        del book[who]
        if known.before is not None:
            book[who] = replace(known, came=known.before, ruled=False, before=None)
        return who
    if decision.verdict is not Verdict.ADMIT:
        return ""
    if decision.direction is Direction.OUT:
        return who if book.pop(who, None) is not None else ""
    if decision.reason not in COMES_IN or not leads_out(decision.compound, places):
        return ""
    book.pop(who, None)  # the newest last
    book[who] = Courier(
        who=who,
        lane=decision.lane,
        compound=decision.compound,
        came=decision.at,
        subject=decision.subject,
        ruled=decision.reason is Reason.RULED_BY_GUARD,
        before=known.came if known is not None else None,
    )
    while len(book) > MOST_TRACKED:
        del book[next(iter(book))]
    return who


def leads_out(compound: str, places: Places) -> bool:
    """Is there a lane to go out by? Without one nobody could ever be seen to leave."""
    return any(lane.compound == compound and lane.direction is not Direction.IN for lane in places.lanes.values())


def shift(book: dict[str, Courier], step: timedelta) -> None:
    """The clock was set: who has been inside for ten minutes still has."""
    for who, courier in book.items():
        before = courier.before + step if courier.before is not None else None
        book[who] = replace(courier, came=courier.came + step, before=before)


def overdue(book: dict[str, Courier], now: datetime, seconds: float, compound: str = "") -> list[Courier]:
    """Those inside for longer than so many seconds, the longest first; of one compound, or of all. 0: nobody is."""
    if seconds <= 0:
        return []
    late = [each for each in book.values() if now - each.came >= timedelta(seconds=seconds)]
    return sorted((each for each in late if compound in ("", each.compound)), key=lambda each: (each.came, each.who))
