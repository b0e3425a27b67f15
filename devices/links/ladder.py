"""How often the radio was silent too long in, what to try next out. Pure: no clock, no radio.

Rungs, after notes of the field (scanners fall silent without an error; a new scanner helps most, a power cycle of the
adapter sometimes, nothing now and then): new scanner, power cycle, then the radio is called deaf. A deaf radio is
tried on, new scanner and power cycle in turn, at doubling distances: where no Bluetooth device is near at all, that
is one alert and a try an hour, no loop of alarms.
"""

from enum import StrEnum


class Rung(StrEnum):
    RESTART = "new scanner"
    POWER_CYCLE = "power cycle"


class Ladder:
    def __init__(self, watchdog_seconds: float, longest_seconds: float) -> None:
        self._watchdog = watchdog_seconds
        self._longest = max(longest_seconds, watchdog_seconds)
        self._tries = 0

    @property
    def deaf(self) -> bool:
        """Both rungs were tried and nothing was heard after."""
        return self._tries > len(Rung)

    @property
    def patience_seconds(self) -> float:
        """How much silence (since the last advert, or the last start) leads to the next rung."""
        doublings = min(max(self._tries - len(Rung), 0), 32)
        return float(min(self._watchdog * 2**doublings, self._longest))

    def climb(self) -> Rung:
        """Silent too long: what to try now."""
        rung = Rung.RESTART if self._tries % 2 == 0 else Rung.POWER_CYCLE
        self._tries += 1
        return rung

    def heard(self) -> None:
        self._tries = 0
