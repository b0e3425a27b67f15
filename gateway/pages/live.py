"""Changes of the feed in, Server-Sent Events out: fragments that changed, and a pulse every second.

A stream begins with every fragment of its page, so that a page which lost its gateway is right again with the first
message. The pulse carries the house's hour; a page that misses it says that it is not live.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from gateway.pages.desk import Visit
from gateway.pages.feed import CLOCK, EVERYTHING
from gateway.pages.status import status_line
from gateway.pages.templating import partial

MOST_OFTEN_SECONDS = 0.1  # a flood is shown ten times a second; the first of it at once
STATUS_EVERY = 2  # pulses
AT_ONCE = 40_000  # letters in one message: a street's board is not sent in one breath
CLOCK_EVERY = 5  # pulses: what changes by the hour alone (somebody is overdue) is looked at anew
RINGING_STREAMS = frozenset({"/live/alerts", "/live/duty"})

Fragments = Callable[[set[str]], Awaitable[dict[str, str]]]


class Reader:
    """What a page's stream knows of its page, where it need not be sent all of it when it begins."""

    def mark(self) -> str:
        """How far the page is: the id of an event, which a browser says again when it comes back (Last-Event-ID)."""
        return ""

    def outdated(self) -> bool:
        """Is the page to be fetched anew, since no fragments make it right?"""
        return False


def stream(
    visit: Visit,
    interest: Callable[[str], bool],
    fragments: Fragments,
    reader: Reader | None = None,
    most_often: float = MOST_OFTEN_SECONDS,
) -> EventSourceResponse:
    """`fragments` gives, for a set of changed topics, HTML by element id; what equals the last sent is not sent."""
    if visit.desk.feed.full_for(visit.session.nonce if visit.session is not None else "", visit.address):
        raise HTTPException(503)
    # our pulse comes every second and says the hour; the library's own ping is not needed beside it
    return EventSourceResponse(_events(visit, interest, fragments, reader or Reader(), most_often), ping=3600)


async def _events(
    visit: Visit, interest: Callable[[str], bool], fragments: Fragments, reader: Reader, most_often: float
) -> AsyncIterator[ServerSentEvent]:
    desk = visit.desk
    sent: dict[str, str] = {}
    pulses = 0
    with desk.feed.watch(interest, visit.session.nonce if visit.session is not None else "", visit.address) as viewer:
        changed = {EVERYTHING}
        while not desk.feed.closed:
            if visit.session is None or not _still(visit) or reader.outdated():
                yield ServerSentEvent("over", event="over")
                return
            if viewer.aside:
                yield ServerSentEvent("aside", event="aside")  # the page stops, and comes back when it is looked at
                return
            if pulses % CLOCK_EVERY == 0:
                changed = changed | {CLOCK}
            shown = await fragments(changed) if changed else {}
            if pulses % STATUS_EVERY == 0 or (changed and most_often <= MOST_OFTEN_SECONDS):
                shown["status"] = status_line(desk, visit.role, visit.lang, visit.member.id)
            new = {target: html for target, html in shown.items() if sent.get(target) != html}
            sent.update(new)
            for several in _in_turn(partial(target, html) for target, html in new.items()):
                yield ServerSentEvent(several)
                await asyncio.sleep(0)
            hour = desk.now().astimezone(desk.zone())
            yield ServerSentEvent(hour.isoformat(timespec="milliseconds"), event="pulse", id=reader.mark() or None)
            pulses += 1
            if new.keys() - {
                "status"
            }:  # a line at the top that changed by itself must not hold up the answer behind it
                await asyncio.sleep(most_often)
            changed = await viewer.changes(desk.settings.pulse_seconds)


def _in_turn(fragments: Iterable[str]) -> Iterator[str]:
    """As few messages as may be, none of them long."""
    several: list[str] = []
    size = 0
    for each in fragments:
        if several and size + len(each) > AT_ONCE:
            yield "".join(several)
            several, size = [], 0
        several.append(each)
        size += len(each)
    if several:
        yield "".join(several)


def _still(visit: Visit) -> bool:
    """Is the log-in that opened this stream still good? A shift ends, a PIN changes, somebody logs out."""
    if visit.session is None:
        return False
    sessions, now = visit.desk.sessions, visit.desk.now()
    holds = sessions.holds(visit.session, visit.desk.staff, now)
    if holds and visit.path in RINGING_STREAMS:
        sessions.touch(visit.session, now)  # a screen that has to ring is in use by standing there
    return holds
