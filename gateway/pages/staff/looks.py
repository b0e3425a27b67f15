"""Who opened which page in, whether that has to go on record out. Pure: the hour is a parameter.

Every page is taken to show people's data unless it stands here with its reason: a new page is on record from its first
day. One record for each viewer, page and flat in ten minutes; what a live page shows meanwhile is the same look.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta

from gateway.compound import Places

BETWEEN = timedelta(minutes=10)
MOST_KEPT = 4096
NOTHING_PERSONAL: Mapping[str, str] = {
    "/": "leads to the first page",
    "/status.json": "counts only",
    "/guard": "what it shows are decisions, and each is on record itself",
    "/guard/flat": "puts each question on record itself, as FlatLookedUp",
    "/look": "a form; each look through a camera is on record itself, as LookAsked",
    "/look/picture": "nothing is shown without a LookAsked on disk",
    "/fire": "puts the muster list on record itself, without waiting for a disk",
    "/privacy": "shows looks and receipts: staff ids, pages, places and counts",
}
SHOWN_ALL_THE_SAME = frozenset(
    {"/alerts", "/duty"}
)  # an alert does not wait for a slow disk; the record of the look does
_SUBJECT = re.compile(r"[0-9a-f]{16}")


def page_of(path: str) -> str:
    """The page a stream belongs to."""
    return path.removeprefix("/live")


def about(query: Mapping[str, str], places: Places) -> str:
    """Whom or what: a place of ours or a pseudonym. Nothing else that stands in an address goes on record."""
    for known in (places.flats, places.buildings, places.compounds):
        for name in ("flat", "building", "compound", "place"):
            if query.get(name, "") in known:
                return query[name]
    subject = query.get("subject", query.get("person", ""))
    return subject if _SUBJECT.fullmatch(subject) else ""


class Looks:
    """What was put on record a while ago."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, str, str], datetime] = OrderedDict()

    def is_due(self, by: str, what: str, about: str, now: datetime) -> bool:
        """Has it to go on record? Forgetting too early makes one record more, never one less."""
        then = self._last.get((by, what, about))
        return then is None or not timedelta() <= now - then < BETWEEN

    def recorded(self, by: str, what: str, about: str, now: datetime) -> None:
        self._last[by, what, about] = now
        self._last.move_to_end((by, what, about))
        while len(self._last) > MOST_KEPT:
            self._last.popitem(last=False)
