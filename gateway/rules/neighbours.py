"""What the compound's other gateways say was used there in; passes spent here too, and those spent twice, out.

Gateways that are cut off from each other admit a one-time pass at most once each. When they meet again, both find it.
A phone's code that was shown at another gate is used here too, for as long as it could be shown again.
"""

from collections.abc import Container, Iterator
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct

from devices.driver import TellSpent
from devices.reading import SpentPass, SpentSeen, UsedCode, UsedSeen
from gateway.compound import DeviceKind, Places
from gateway.entries import Act
from gateway.events.neighbours import CodeUsedElsewhere, PassSpentElsewhere
from gateway.findings import Anomaly
from gateway.kinds import Kind
from gateway.passes.rotating import forgettable
from gateway.rules import codes
from gateway.rules.rule import Conclusion
from gateway.state.state import State

LONGEST_KEPT = timedelta(days=60)  # whatever a neighbour says
OLDEST_CODE = timedelta(minutes=10)  # clocks differ; a phone's code is worth nothing after 40 s
MOST_KEPT = 50_000  # a neighbour that lies must not fill the memory


class Neighbours:
    name = "neighbours"
    reads = (PassSpentElsewhere, CodeUsedElsewhere)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        if isinstance(what, CodeUsedElsewhere):
            codes.used_elsewhere(what, state)
        if not isinstance(what, PassSpentElsewhere) or what.cti in state.spent_elsewhere:
            return
        until = min(what.until, what.heard + LONGEST_KEPT)
        here = state.spent_here.get(what.cti) if what.cti in state.spent else None
        state.spent_elsewhere[what.cti] = until
        state.spent[what.cti] = max(until, state.spent.get(what.cti, until))
        for old in [key for key in islice(state.spent_elsewhere, 2) if state.spent_elsewhere[key] < what.heard]:
            if state.clock_trusted:  # a wrong clock would make what was used there good again
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


def is_news(seen: SpentSeen | UsedSeen, heard: datetime, spent_elsewhere: Container[str]) -> bool:
    """Is it worth a line of the journal? What is said again is not, nor what is of a day long gone."""
    match seen:
        case SpentSeen(spent=spent):
            return spent.cti not in spent_elsewhere and spent.until > heard
        case UsedSeen(used=used):
            return abs(heard - used.stepped) <= OLDEST_CODE


def tell(passes: tuple[SpentPass, ...], used: tuple[UsedCode, ...], places: Places) -> list[Act]:
    """To every neighbour, once it is on disk."""
    neighbours = [device.id for device in places.devices.values() if device.kind is DeviceKind.NEIGHBOUR]
    return [Act(TellSpent(device, passes, used)) for device in neighbours]


def tell_all(device: str, heard: datetime, state: State, places: Places) -> list[Act]:
    """A link to the neighbours has opened: everything that was spent here and could still be shown there."""
    found = places.devices.get(device)
    ours = tuple(each for each in state.spent_here.values() if each.cti in state.spent and each.until > heard)
    fresh = tuple(
        UsedCode(cti, stepped) for cti, stepped in state.used_codes.items() if not forgettable(stepped, heard)
    )
    if found is None or found.kind is not DeviceKind.NEIGHBOUR or not (ours or fresh):
        return []
    return [Act(TellSpent(device, ours, fresh))]
