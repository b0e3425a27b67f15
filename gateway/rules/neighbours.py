"""What the compound's other gateways say was used there in; passes spent here too, and those spent twice, out.

Gateways that are cut off from each other admit a one-time pass at most once each. When they meet again, both find it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct

from devices.driver import TellSpent
from devices.reading import SpentPass
from gateway.compound import DeviceKind, Places
from gateway.entries import Act
from gateway.events import PassSpentElsewhere
from gateway.findings import Anomaly
from gateway.kinds import Kind
from gateway.rules.rule import Conclusion
from gateway.state import State

LONGEST_KEPT = timedelta(days=60)  # whatever a neighbour says
MOST_KEPT = 50_000  # a neighbour that lies must not fill the memory


class Neighbours:
    name = "neighbours"
    reads = (PassSpentElsewhere,)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        if not isinstance(what, PassSpentElsewhere) or what.cti in state.spent_elsewhere:
            return
        until = min(what.until, what.heard + LONGEST_KEPT)
        here = state.spent_here.get(what.cti) if what.cti in state.spent else None
        state.spent_elsewhere[what.cti] = until
        state.spent[what.cti] = max(until, state.spent.get(what.cti, until))
        for old in [key for key in islice(state.spent_elsewhere, 2) if state.spent_elsewhere[key] < what.heard]:
            del state.spent_elsewhere[old]
        while len(state.spent_elsewhere) > MOST_KEPT:
            gone = next(iter(state.spent_elsewhere))
            del state.spent_elsewhere[gone]
            if gone not in state.spent_here:  # what was used here stays used, whatever a neighbour floods us with
                state.spent.pop(gone, None)
        if here is not None:
            yield Anomaly(kind=Kind.PASS_USED_TWICE, key=what.cti, at=what.at, place=here.lane, device=what.device)

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()


def tell(passes: tuple[SpentPass, ...], places: Places) -> list[Act]:
    """To every neighbour, once it is on disk."""
    neighbours = [device.id for device in places.devices.values() if device.kind is DeviceKind.NEIGHBOUR]
    return [Act(TellSpent(device, passes)) for device in neighbours]


def tell_all(device: str, state: State, places: Places) -> list[Act]:
    """A link to the neighbours has opened: everything that was spent here and could still be shown there."""
    found = places.devices.get(device)
    ours = tuple(each for each in state.spent_here.values() if each.cti in state.spent and each.until > state.heard)
    if found is None or found.kind is not DeviceKind.NEIGHBOUR or not ours:
        return []
    return [Act(TellSpent(device, ours))]
