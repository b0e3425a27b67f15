"""Fire opens everything: a contact or a button in, one critical alert out; lanes stay open until a person ends it.

This rule only remembers and tells. The lanes are opened at once and held by gateway/house/fire_hands.py, which waits
for no disk: that a house could not write is no reason to burn in it.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from gateway.compound import Places
from gateway.drills import displaced
from gateway.events.every import ConfigLoaded, FireSignalled
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.orders.every import FireDeclared, FireEnded
from gateway.rules.rule import Conclusion
from gateway.state.state import State


class Fire:
    name = "fire"
    reads = (FireSignalled, FireDeclared, FireEnded, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case FireSignalled(on=True, device=device) if what.compound in places.compounds:
                yield from self._burning(what.compound, what.at, device, state, places)
            case FireDeclared():
                yield from self._burning(what.compound, what.at, "", state, places)
            case FireEnded(compound=compound):  # a contact that lets go ends nothing; a person does, by name
                state.fires.pop(compound, None)
                yield Over(kind=Kind.FIRE, key=compound, at=what.at)
            case ConfigLoaded():
                for compound in [gone for gone in state.fires if gone not in places.compounds]:
                    del state.fires[compound]
                    yield Over(kind=Kind.FIRE, key=compound, at=what.at)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()

    def _burning(self, compound: str, at: datetime, device: str, state: State, places: Places) -> Iterator[Conclusion]:
        fire = Anomaly(kind=Kind.FIRE, key=compound, at=at, place=compound, device=device)
        if compound not in state.fires or displaced(fire, state, places) is not None:
            state.fires.setdefault(compound, at)
            yield fire
