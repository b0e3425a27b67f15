"""Committed entries in, "this part of the pages changed" out, to as many viewers as look.

One task for all pages. A viewer keeps a set of what changed and never a queue, so that a slow one costs nothing;
topics have versions, so that what was rendered for one viewer serves the next.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from gateway.events.every import (
    BandHeard,
    ConfigLoaded,
    DeviceBack,
    DeviceSilent,
    DoorMoved,
    HouseOpened,
    TemperatureTaken,
)
from gateway.events.presence import PresenceChanged
from gateway.findings import Alert, Decision, StayBegun, StayChanged, StayEnded
from gateway.orders.cases import CaseNoted
from gateway.orders.drill import DrillBegun, DrillEnded
from gateway.orders.every import QuarantineBegun, QuarantineEnded, WindowOpened
from gateway.orders.gate import CourierLeft, LookAsked, LookEnded
from gateway.orders.homes import HouseholdsChanged
from gateway.orders.shifts import ShiftBegun, ShiftEnded, ShiftHandedOver
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.pages.gate.recent import Recent
from gateway.rounds import RoundDone, Task
from gateway.services import ServiceMoved
from gateway.view import House

MOST_VIEWERS = 64
MOST_OF_SESSION = 8  # the ninth page of one log-in sets its oldest aside
MOST_OF_ADDRESS = 24
EVERYTHING = "everything"
DECISIONS = "decisions"
DUTY = "duty"  # couriers, shifts, looks through a camera
CLOCK = "clock"  # nothing happened but that the hour moved on; never told, asked for by gateway/pages/live.py
ALERTS = "alerts"
SERVICES = "services"
ROUNDS = "rounds"
BUILDINGS = "buildings"


def building_topic(building: str) -> str:
    return f"building:{building}"


class Viewer:
    """One open page: what it has not been shown yet. `aside`: another page has taken its place."""

    def __init__(self, interest: Callable[[str], bool], session: str = "", address: str = "") -> None:
        self.session = session
        self.address = address
        self.aside = False
        self._interest = interest
        self._changed: set[str] = set()
        self._woken = asyncio.Event()

    def tell(self, topic: str) -> None:
        if topic == EVERYTHING or self._interest(topic):
            self._changed.add(topic)
            self._woken.set()

    def wake(self) -> None:
        self._woken.set()

    async def changes(self, seconds: float) -> set[str]:
        """What changed since the last call; empty when nothing did for so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass  # a quiet second
        self._woken.clear()
        changed, self._changed = self._changed, set()
        return changed


class Feed:
    """See the module. `run` is a task of the house; it ends when `close` was called or when it is cancelled."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._viewers: dict[Viewer, None] = {}  # the oldest first
        self._versions: Counter[str] = Counter()
        self.recent = Recent()
        self._flats_heard: list[Callable[[str], None]] = []
        self._seed()
        self.closed = False

    async def run(self) -> None:
        while not self.closed:
            async with self._house.committed() as entries:
                # whatever was committed before this moment is in `shown`, and in none of the entries to come
                self._seed()
                self._tell(EVERYTHING)
                async for committed in entries:
                    if isinstance(committed.body, Decision):
                        self.recent.note(committed.entry.number, committed.body)
                    for topic in self._topics(committed.body):
                        self._tell(topic)
            await asyncio.sleep(0.2)  # we were too slow for the stream; do not hurry back into the same flood

    def hear_of_flats(self, heard: Callable[[str], None]) -> None:
        """`heard` is told each flat of which something changed; EVERYTHING where it may be any."""
        self._flats_heard.append(heard)

    def _seed(self) -> None:
        shown = self._house.shown
        self.recent.seed(zip(shown.decision_numbers, shown.decisions, strict=True))

    def close(self) -> None:
        """Every open stream ends now."""
        self.closed = True
        for viewer in self._viewers:
            viewer.wake()

    def full_for(self, session: str, address: str) -> bool:
        """No place, and none of its own to give up?"""
        of_session = sum(viewer.session == session for viewer in self._viewers)
        of_address = sum(viewer.address == address for viewer in self._viewers)
        gives_up = of_session >= MOST_OF_SESSION or of_address >= MOST_OF_ADDRESS
        return len(self._viewers) >= MOST_VIEWERS and not gives_up

    @contextmanager
    def watch(self, interest: Callable[[str], bool], session: str = "", address: str = "") -> Iterator[Viewer]:
        """One log-in, or one address, cannot hold all the places: its oldest page makes room."""
        if session:
            self._make_room(MOST_OF_SESSION, lambda each: each.session == session)
        if address:
            self._make_room(MOST_OF_ADDRESS, lambda each: each.address == address)
        viewer = Viewer(interest, session, address)
        self._viewers[viewer] = None
        try:
            yield viewer
        finally:
            self._viewers.pop(viewer, None)

    def _make_room(self, most: int, same: Callable[[Viewer], bool]) -> None:
        theirs = [viewer for viewer in self._viewers if same(viewer)]
        for oldest in theirs[: max(0, len(theirs) - most + 1)]:
            del self._viewers[oldest]
            oldest.aside = True
            oldest.wake()

    def version(self, topic: str) -> tuple[int, int]:
        """Rises with every change; what was rendered under the same version is still right."""
        return self._versions[EVERYTHING], self._versions[topic]

    def _tell(self, topic: str) -> None:
        self._versions[topic] += 1
        if topic == EVERYTHING:
            self._flat(EVERYTHING)
        for viewer in self._viewers:
            viewer.tell(topic)

    def _topics(self, body: Struct) -> Iterator[str]:
        match body:
            case Decision():
                yield DECISIONS
            case CourierLeft() | LookAsked() | LookEnded() | ShiftBegun() | ShiftHandedOver() | ShiftEnded():
                yield DUTY
            case Task():
                yield ROUNDS
                yield from self._buildings(body.flat, counted=False)
            case RoundDone():
                yield ROUNDS
            case CaseNoted():
                yield ALERTS
            case Alert():
                yield ALERTS
                yield from self._buildings(body.place, body.device)
            case ServiceMoved():
                yield SERVICES
                yield from self._buildings(body.flat)
            case DoorMoved() | QuarantineBegun() | StayBegun() | WindowOpened():
                yield from self._buildings(body.flat)
            case TemperatureTaken():
                yield from self._buildings(body.device, counted=False)
            case BandHeard() | DeviceSilent() | DeviceBack() | PresenceChanged():
                yield from self._buildings(body.device)
            case HouseholdsChanged():
                yield from sorted({topic for home in body.flats for topic in self._buildings(home.flat)})
            case BandReturned():
                yield EVERYTHING
            case StayExtended() | StaySuspended() | StayResumed() | StayMoved() | StayChanged() | StayEnded():
                yield EVERYTHING  # as below: two flats, or one whose stay is gone
            case QuarantineEnded() | ConfigLoaded() | HouseOpened() | DrillBegun() | DrillEnded():
                yield EVERYTHING  # the stay is gone from `shown` by now, and its building with it; it happens rarely
            case _:
                pass

    def _buildings(self, *places: str, counted: bool = True) -> Iterator[str]:
        """The building of the first of these that is in one: a flat, a door sensor, the band somebody wears.

        `counted`: its numbers change too.
        """
        shown = self._house.shown
        for place in places:
            worn = next(shown.quarantines.those("band", place), None)
            flat = shown.places.flats.get(place) or shown.places.flat_of(place)
            flat = flat or shown.places.flats.get(worn.flat if worn else "")
            if flat is not None:
                self._flat(flat.id)
                yield building_topic(flat.building)
                if counted:
                    yield BUILDINGS
                return

    def _flat(self, flat: str) -> None:
        for heard in self._flats_heard:
            heard(flat)
