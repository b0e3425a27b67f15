"""Fire: a contact or a button in, every lane open and held, before and without the disk.

Floor 7. The one place where the house acts before it has written: fire opens everything. What happened is journaled by
the ordinary way (gateway/rules/fire.py), and holding goes on from what the gatekeeper remembers, also after a restart.
An output that was lost and came back is told again within a second; one that is still on when nothing burns and
nobody was let through (the house was killed, or the cable was out, as the fire ended) is switched off. Outputs are no
more than hands: the wiring that opens a barrier without any computer is described in docs/installer.md.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from devices.driver import Output
from devices.reading import AliveSeen, DoorSeen, Reading
from devices.watch import Watch
from gateway.compound import DeviceKind, Places
from gateway.entries import Entry
from gateway.findings import Decision, Verdict
from gateway.orders.every import FireDeclared, FireEnded, Order

log = logging.getLogger(__name__)

HOLD_EVERY_SECONDS = 0.5
FORGOTTEN_AFTER = timedelta(seconds=10)  # on for so much longer than an opening lasts


class FireHands:
    """`burning`: the compounds the gatekeeper remembers a fire for."""

    def __init__(
        self, watches: Mapping[str, Watch], places: Callable[[], Places], burning: Callable[[], Collection[str]]
    ) -> None:
        self._watches = watches
        self._places = places
        self._burning = burning
        self._at_once: set[str] = set()
        self._on_since: dict[str, datetime] = {}  # output that says it is on -> since when, or since its last opening

    def notice(self, reading: Reading) -> None:
        """A reading, before anything else is done with it: is it the fire alarm, or an output left on?"""
        if isinstance(reading.seen, DoorSeen) and reading.seen.open:
            device = self._places().devices.get(reading.device)
            if device is not None and device.kind is DeviceKind.FIRE:
                self.open(device.place)
        elif isinstance(reading.seen, AliveSeen) and reading.seen.on is not None:
            self._look_after(reading.device, reading.heard, on=reading.seen.on)

    def obey(self, order: Order) -> None:
        """An order, before anything else is done with it: did somebody press the button?"""
        if isinstance(order, FireDeclared) and order.compound in self._places().compounds:
            self.open(order.compound)

    @property
    def holding(self) -> bool:
        """Is any compound's fire not over?"""
        return bool(self._at_once or self._burning())

    def open(self, compound: str) -> None:
        """Open every lane of a compound now, and hold it."""
        if compound not in self._at_once:
            log.error("FIRE: every lane of %s is opened", compound)
        self._at_once.add(compound)
        self._switch(compound, on=True)

    def committed(self, entry: Entry, body: Struct) -> None:
        """A named person has ended it, and that is on disk: the lanes may close. Who is let through opens one."""
        if isinstance(body, Decision) and body.verdict is Verdict.ADMIT:
            self._on_since.pop(self._places().lanes[body.lane].output, None)
        if isinstance(body, FireEnded):
            self._at_once.discard(body.compound)
            log.warning("fire: ended in %s by %s", body.compound, body.by)
            self._switch(body.compound, on=False)

    async def run(self) -> None:
        """Hold what is open, whatever the outputs have gone through meanwhile."""
        while True:
            for compound in self._at_once | set(self._burning()):
                self._switch(compound, on=True)
            await asyncio.sleep(HOLD_EVERY_SECONDS)

    def _switch(self, compound: str, *, on: bool) -> None:
        for output in self._outputs(compound):
            self._tell(output, on=on)

    def _look_after(self, output: str, now: datetime, *, on: bool) -> None:
        """Switch off what has been on for longer than any opening, if nothing burns where it stands."""
        lanes = [lane for lane in self._places().lanes.values() if lane.output == output]
        burning = self._at_once | set(self._burning())
        if not on or not lanes or any(lane.compound in burning for lane in lanes):
            self._on_since.pop(output, None)
            return
        longest = timedelta(seconds=max(lane.open_seconds for lane in lanes))
        if now - self._on_since.setdefault(output, now) > longest + FORGOTTEN_AFTER:
            log.warning("%s: was left on and nothing burns; switching it off", output)
            del self._on_since[output]
            self._tell(output, on=False)

    def _tell(self, output: str, *, on: bool) -> None:
        device = self._places().devices.get(output)
        watch = self._watches.get(device.link) if device is not None else None
        if watch is None or not watch.act(Output(device=output, on=on, seconds=0.0)):
            log.debug("fire: %s does not answer", output)  # the silence rule tells people; we try again

    def _outputs(self, compound: str) -> Iterator[str]:
        """Each output once, though several lanes may share it."""
        found = self._places().compounds.get(compound)
        gates = found.gates if found is not None else ()
        yield from dict.fromkeys(lane.output for gate in gates for lane in gate.lanes if lane.output)
