"""What a node says as what was seen; what the house wants done as what a node is told."""

import math
from typing import Final

from devices.driver import Describe, Identify, Output
from devices.reading import AliveSeen, DoorSeen, Seen, TamperSeen, garbled
from firmware_bridges import wire
from firmware_bridges.wire import SPEAK_FREELY, Beat, Body, Event, Frame, Kind

DOOR_OPEN: Final = 0x01
CASE_OPEN: Final = 0x02
RELAY_ON: Final = 0x01
LONGEST_MS: Final = 0xFFFFFFFF


def seen(event: Event, digest_key: bytes) -> Seen:
    """An event we do not understand is garbled, with its receipt: one nobody acknowledges would block its ring."""
    match event.kind, event.value:
        case Kind.DOOR, (0 | 1) as value:
            return DoorSeen(open=value == 1)
        case Kind.TAMPER, (0 | 1) as value:
            return TamperSeen(open=value == 1)
        case Kind.BATTERY, millivolts:
            return AliveSeen(battery_millivolts=millivolts)
    raw = wire.write(Frame(SPEAK_FREELY, event))
    return garbled(raw, f"event of kind {event.kind} with value {event.value}", digest_key)


def alive(beat: Beat) -> AliveSeen:
    """While events are still held, the contacts are theirs to tell: in order, with their hour, and each once."""
    if beat.pending:
        return AliveSeen(battery_millivolts=beat.millivolts, on=bool(beat.outputs & RELAY_ON))
    return AliveSeen(
        battery_millivolts=beat.millivolts,
        open=bool(beat.inputs & DOOR_OPEN),
        tampered=bool(beat.inputs & CASE_OPEN),
        on=bool(beat.outputs & RELAY_ON),
    )


def order(action: Output | Identify | Describe) -> Body:
    match action:
        case Output(on=on, seconds=seconds):
            return wire.Output(output=0, on=on, duration_ms=_milliseconds(seconds))
        case Identify(seconds=seconds):
            return wire.Identify(duration_ms=_milliseconds(seconds))
        case Describe():
            return wire.Describe()


def _milliseconds(seconds: float) -> int:
    """Rounded up: a moment is never to become 0, which means for ever. Negative and NaN are 0."""
    return math.ceil(max(0.0, min(seconds * 1000, LONGEST_MS)))
