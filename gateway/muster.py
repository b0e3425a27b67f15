"""What is on disk in, the muster list of a compound out: whom to look for in a fire, those who need help first.

Floor 4, a pure room. Names are not here: a flat, a pseudonym and why somebody needs help are what a searcher needs.
Who is inside is known of those who came in by a lane with a pass; residents who never showed one are counted by nobody.
"""

from collections.abc import Collection

from msgspec import Struct

from gateway.people import Care
from gateway.shown.fold import Shown


class Mustered(Struct, frozen=True):
    """One person to be looked for. `flat` is empty for a visitor, whose pass is all that is known."""

    subject: str
    flat: str
    care: tuple[Care, ...]
    in_quarantine: bool
    came_in: bool


def muster(shown: Shown, inside: Collection[str], compound: str) -> list[Mustered]:
    """Everybody known to be in a compound: first who needs help, then who is in quarantine, then by flat.

    `inside`: who came in by a lane and did not go out.
    """
    observed = {stay.subject: stay.flat for stay in shown.quarantines.values()}
    found = []
    for subject in {*shown.people, *inside, *observed}:
        person = shown.people.get(subject)
        flat = observed.get(subject) or (person.flat if person is not None else "")
        home = shown.places.flats.get(flat)
        if home is not None and home.compound != compound:
            continue
        care = person.care if person is not None else ()
        came_in = subject in inside
        if care or came_in or subject in observed:
            found.append(Mustered(subject, flat, care, subject in observed, came_in))
    return sorted(found, key=lambda who: (not who.care, not who.in_quarantine, not who.flat, who.flat, who.subject))
