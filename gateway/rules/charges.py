"""What batteries say of their charge in, remembered for the forecast; nothing out."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from gateway.batteries import charged
from gateway.compound import Places
from gateway.events.meters import ChargeTold
from gateway.rules.rule import Conclusion
from gateway.state.state import State

MOST_BATTERIES = 16_384  # as many as nodes are remembered; names may be invented


class Charges:
    name = "charges"
    reads = (ChargeTold,)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()
        match what:
            case ChargeTold():
                known = state.batteries.pop(what.device, None)  # the newest last
                state.batteries[what.device] = charged(known, what.at, what.level, what.millivolts)
                while len(state.batteries) > MOST_BATTERIES:
                    del state.batteries[next(iter(state.batteries))]
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()
