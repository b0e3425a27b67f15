"""What a band said, in whichever format, in; BandSeen out. What counts as a health reading is decided here, once.

A temperature counts only while the band is worn and only inside the believable range: a band on the table reads the
room, and the room is nobody's fever. Outside of that the sighting stays (presence, battery, strap) and its
celsius is None.
"""

from devices.bthome import BUTTON, Value
from devices.reading import BandSeen

BODY_TEMPERATURES = frozenset({0x02, 0x45})
SOS_PRESSES = frozenset({0x04, 0x80})
FINE_PRESSES = frozenset({0x01, 0x02})


class Believable:
    """Judges temperatures by the range of the settings; makes BandSeen of objects or of single values."""

    __slots__ = ("_highest", "_lowest")

    def __init__(self, lowest_celsius: float, highest_celsius: float) -> None:
        self._lowest = lowest_celsius
        self._highest = highest_celsius

    def celsius(self, celsius: float | None, worn: bool | None) -> float | None:
        if celsius is None or worn is False or not self._lowest <= celsius <= self._highest:
            return None
        return celsius

    def from_objects(self, rssi: int, counter: int | None, objects: list[tuple[int, Value]]) -> BandSeen:
        """BTHome objects as devices/bthome.py lists them for a wristband; others are passed over."""
        celsius: float | None = None
        battery: int | None = None
        strap_closed: bool | None = None
        skin_felt: bool | None = None
        sos = fallen = fine = False
        for number, value in objects:
            if number in BODY_TEMPERATURES:
                if celsius is None:
                    celsius = float(value)
            elif number == 0x01:
                battery = min(int(value), 100)
            elif number == 0x2B:
                strap_closed = not value
            elif number == 0x25:
                skin_felt = bool(value)
            elif number == 0x26:
                fallen = fallen or bool(value)
            elif number == BUTTON:
                sos = sos or value in SOS_PRESSES
                fine = fine or value in FINE_PRESSES
        worn = skin_felt if strap_closed is None else strap_closed and skin_felt is not False
        return BandSeen(rssi, counter, self.celsius(celsius, worn), worn, sos, fallen, battery, fine=fine)
