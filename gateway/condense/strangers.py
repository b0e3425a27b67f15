"""A reading of a device that is in no configuration in, what is left of it out: names may be invented without end.

Whoever may publish on a local broker can speak as ten thousand doors with flat batteries: each was an alert, a record
and a line of memory. Such a device watches no place, so nothing it says of itself means anything. What cannot be read
is counted under its link. What has a receipt goes on, for its device waits; so do a node that says hello and a forger,
of which a decoder passes on so many names and no more.
"""

from msgspec.structs import replace

from devices.reading import ForgedSeen, GarbledSeen, HelloSeen, Reading
from gateway.compound import PAGE, Places
from gateway.state.state import State


def of_somebody(reading: Reading, places: Places, state: State) -> Reading | None:
    """The reading of a device we know, or as that of its link; None where it means nothing."""
    device = reading.device
    if device in places.devices or device.startswith(PAGE) or _is_band(device, state):
        return reading
    if reading.receipt is not None or isinstance(reading.seen, HelloSeen | ForgedSeen):
        return reading
    return replace(reading, device=reading.link) if isinstance(reading.seen, GarbledSeen) else None


def _is_band(device: str, state: State) -> bool:
    """One with a key of ours, or that somebody wears."""
    return device in state.band_keys or bool(state.stays_by("band", device) or state.care_by("band", device))
