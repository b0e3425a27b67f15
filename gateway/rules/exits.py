"""Fire exits and sealed gates in: opened, left open, blocked out; each over by itself, with the time it took on record.

A fire opens everything: while one burns in the compound nothing of its exits is told.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.compound import DeviceKind, ExitKind, Places
from gateway.events.every import ConfigLoaded, ExitMoved
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.orders.every import FireEnded
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.state import State

OPENED = {ExitKind.FIRE_EXIT: Kind.FIRE_EXIT_OPENED, ExitKind.SEALED_GATE: Kind.SEALED_GATE_OPENED}
LEFT_OPEN = {ExitKind.FIRE_EXIT: Kind.FIRE_EXIT_LEFT_OPEN, ExitKind.SEALED_GATE: Kind.SEALED_GATE_LEFT_OPEN}
BLOCKED = Kind.FIRE_EXIT_BLOCKED  # nobody blocks a gate that is sealed
ALL = (*OPENED.values(), *LEFT_OPEN.values(), BLOCKED)


class Exits:
    name = "exits"
    reads = (ExitMoved, FireEnded, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case ExitMoved(open=True) if what.device not in state.open_exits:
                state.open_exits[what.device] = what.at
                way_out = places.exits[what.place]
                yield _look_again(what.device, what.at, state, places)
                if not what.obstruction and not what.found and way_out.compound not in state.fires:
                    yield _about(OPENED[way_out.kind], what.device, what.at, places)
            case ExitMoved(open=False) if what.device in state.open_exits:
                del state.open_exits[what.device]
                yield from _over(what.device, what.at)
            case FireEnded(compound=compound):
                for device in state.open_exits:
                    way_out_of = places.exit_of(device)
                    if way_out_of is not None and way_out_of.compound == compound:
                        yield _look_again(device, what.at, state, places)
            case ConfigLoaded():
                for device in [device for device in state.open_exits if places.exit_of(device) is None]:
                    del state.open_exits[device]
                    yield from _over(device, what.at)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        way_out = places.exit_of(key)
        if key not in state.open_exits or way_out is None or way_out.compound in state.fires:
            return
        blocked = places.devices[key].kind is DeviceKind.OBSTRUCTION
        yield _about(BLOCKED if blocked else LEFT_OPEN[way_out.kind], key, dated, places)


def _look_again(device: str, at: datetime, state: State, places: Places) -> Wake:
    blocked = places.devices[device].kind is DeviceKind.OBSTRUCTION
    patience = state.limits.exit_blocked_seconds if blocked else state.limits.exit_left_open_seconds
    dated = at + timedelta(seconds=patience)
    return Wake(key=device, due=dated, dated=dated)


def _about(kind: Kind, device: str, at: datetime, places: Places) -> Anomaly:
    return Anomaly(kind=kind, key=device, at=at, place=places.devices[device].place, device=device)


def _over(device: str, at: datetime) -> Iterator[Conclusion]:
    yield Sleep(device)
    for kind in ALL:
        yield Over(kind=kind, key=device, at=at)
