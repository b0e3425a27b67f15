"""A hot reading at a lane in, a referral out: of whoever showed a pass there a moment before, or of nobody known.

Who shows a pass a moment after it is referred by the table of reasons, which asks `is_hot`. One reading is of one
person: the first pass after it is theirs, and the next in the queue is judged anew.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Direction, Lane, Places
from gateway.events.every import LaneTemperatureTaken, PassShown
from gateway.findings import Decision, Reason, Verdict
from gateway.rules.rule import Conclusion
from gateway.state.state import Heat, State


def is_hot(shown: PassShown, lane: Lane, state: State) -> bool:
    """Was somebody hot here a moment ago, and was it them?"""
    heat = state.heat.get(lane.id)
    if heat is None or not state.asked.thermometer:
        return False
    theirs = heat.cti in ("", shown.cti) and shown.cti != heat.cleared
    return theirs and abs(shown.at - heat.at) <= timedelta(seconds=state.limits.hot_seconds)


class LaneHeat:
    name = "lane_heat"
    reads = (LaneTemperatureTaken,)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        if not isinstance(what, LaneTemperatureTaken) or what.lane not in places.lanes:
            return
        lane = places.lanes[what.lane]
        cool = what.celsius < state.limits.lane_hot_celsius
        if cool or not state.asked.thermometer or lane.compound in state.fires:
            return
        before = state.heat.get(lane.id)
        if what.again and before is not None:  # referred already, and still there
            state.heat[lane.id] = replace(before, at=what.at)
            return
        match _last(lane.id, what.at, state):
            case Decision(reason=Reason.RULED_BY_GUARD, cti=cleared):
                if not what.again:
                    state.heat[lane.id] = Heat(at=what.at, cleared=cleared)
            case Decision(reason=Reason.HOT):  # a guard looks already; whether it is the same person nobody can say
                state.heat[lane.id] = Heat(at=what.at)
            case Decision() as last:
                state.heat[lane.id] = Heat(at=what.at, cti=last.cti)
                if last.reason is not Reason.QUARANTINED and last.verdict is not Verdict.REFUSE:  # graver than this
                    yield _referral(what, lane, last)
            case None:
                state.heat[lane.id] = Heat(at=what.at)
                yield _referral(what, lane, None)

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()


def _last(lane: str, at: datetime, state: State) -> Decision | None:
    """The newest decision at this lane, if it is of a moment ago."""
    within = timedelta(seconds=state.limits.hot_seconds)
    here = (decision for decision in reversed(state.decisions) if decision.lane == lane)
    last = next(here, None)
    return last if last is not None and abs(at - last.at) <= within else None


def _referral(taken: LaneTemperatureTaken, lane: Lane, last: Decision | None) -> Decision:
    plain = Direction.IN if lane.direction is Direction.BOTH else lane.direction
    return Decision(
        at=taken.at,
        lane=lane.id,
        gate=lane.gate,
        compound=lane.compound,
        direction=plain if last is None else last.direction,
        verdict=Verdict.REFER,
        reason=Reason.HOT,
        cti=last.cti if last is not None else "",
        subject=last.subject if last is not None else "",
        holder=last.holder if last is not None else "",
        flat=last.flat if last is not None else "",
        trust_version=last.trust_version if last is not None else 0,
        once=last.once if last is not None else False,
    )
