"""Looks through cameras in; nothing concluded: that they are on record, and end, is all of it."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from gateway.compound import DeviceKind, Places
from gateway.events.every import ClockSet, HouseOpened
from gateway.looks import look, looking
from gateway.orders.gate import LookAsked, LookEnded
from gateway.rules.rule import Conclusion
from gateway.state.state import State

LONGEST_SECONDS = 120
LONGEST_REASON = 120


class Looks:
    name = "looks"
    reads = (LookAsked, LookEnded, ClockSet, HouseOpened)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case LookAsked():
                look(state.looks, what)
            case LookEnded():
                state.looks.pop(what.look, None)
            case ClockSet() | HouseOpened():
                state.looks.clear()
            case _:
                pass
        yield from ()

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        yield from ()


def why_no_look(order: LookAsked | LookEnded, state: State, places: Places) -> str:
    """Why nobody may look, or end it; empty if they may."""
    match order:
        case LookEnded():
            known = state.looks.get(order.look)
            return "" if known is not None and known.by == order.by else "no such look"
        case LookAsked() if order.lane not in places.lanes:
            return "unknown lane"
        case LookAsked() if not is_camera_of(order.camera, order.lane, places):
            return "no such camera at that lane"
        case LookAsked() if not order.reason.strip() or len(order.reason) > LONGEST_REASON:
            return "a reason is needed"
        case LookAsked() if not 1 <= order.seconds <= LONGEST_SECONDS:
            return f"a look takes 1 to {LONGEST_SECONDS} seconds"
        case LookAsked() if any(each.camera == order.camera for each in looking(state.looks, order.at)):
            return "somebody is looking already"
        case _:
            return ""


def is_camera_of(camera: str, lane: str, places: Places) -> bool:
    device = places.devices.get(camera)
    return device is not None and device.kind is DeviceKind.CAMERA and device.place == lane
