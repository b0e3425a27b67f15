"""What wristbands say in, the few adverts that mean something out: calls, falls, straps, and some of the temperatures.

Floor 3, a pure room, and no part of the fold: a part of gateway/condense/condenser.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.reading import BandSeen, Reading
from gateway.condense.fever_levels import VERY_HIGH, band_of_level, every_seconds
from gateway.events.every import BandHeard, Event, TemperatureTaken
from gateway.kinds import Kind
from gateway.rules.wearer import observed_as
from gateway.state.state import State

CALL_AGAIN_AFTER = timedelta(seconds=60)  # a button held down is one call
LET_GO_AFTER = timedelta(seconds=5)  # let go and pressed again is another, though some adverts of one press lack it


@dataclass(slots=True)
class _Band:
    """What was last let through of one band."""

    worn: bool = True
    taken: datetime | None = None
    level: int = 0  # how hot that was (gateway/condense/fever_levels.py)
    called: datetime | None = None
    fell: datetime | None = None
    fine: bool = False  # the short press of this moment was told


class Bands:
    """One for each condenser; it asks the state who wears what, and how hot is hot for them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._bands: dict[str, _Band] = {}

    def settle(self) -> None:
        """What the fold knows of bands that are not worn."""
        for band in self._state.off:
            self._bands.setdefault(band, _Band()).worn = False

    def inherit(self, before: "Bands", moved: timedelta) -> None:
        """What was said is not said again, on a clock that was moved by so much."""
        for name, band in before._bands.items():
            self._bands[name] = _Band(
                worn=band.worn,
                taken=band.taken and band.taken + moved,
                level=band.level,
                called=band.called and band.called + moved,
                fell=band.fell and band.fell + moved,
                fine=band.fine,
            )

    def feed(self, reading: Reading, seen: BandSeen) -> Iterator[Event]:
        """One advert that is no repeat."""
        band = self._bands.get(reading.device)
        if band is None:
            band = self._bands[reading.device] = _Band()
        at = reading.at
        if not seen.sos and band.called is not None and at - band.called >= LET_GO_AFTER:
            band.called = None
        if not seen.fallen and band.fell is not None and at - band.fell >= LET_GO_AFTER:
            band.fell = None
        call = seen.sos and (band.called is None or at - band.called >= CALL_AGAIN_AFTER)
        fall = seen.fallen and (band.fell is None or at - band.fell >= CALL_AGAIN_AFTER)
        fine = seen.fine and not band.fine and f"{Kind.FALL}|{reading.device}" in self._state.ringing
        band.fine = seen.fine
        turned = seen.worn is not None and seen.worn is not band.worn
        if call:
            band.called = at
        if fall:
            band.fell = at
        if turned:
            band.worn = bool(seen.worn)
        if call or fall or turned or fine:
            yield BandHeard(
                at=at,
                heard=reading.heard,
                device=reading.device,
                worn=seen.worn if turned else None,
                sos=call,
                fallen=fall,
                battery_percent=seen.battery_percent,
                counter=seen.counter,
                fine=fine,
            )
        if seen.celsius is not None and band.worn:
            yield from self._temperature(reading, seen, seen.celsius, band)

    def _temperature(self, reading: Reading, seen: BandSeen, celsius: float, band: _Band) -> Iterator[Event]:
        """One in a quarter of an hour, and each that moves a rule."""
        step = band_of_level(celsius, reading.device, self._state)
        if band.taken is not None:
            every = every_seconds(celsius, reading.device, self._state)
            if step > band.level or VERY_HIGH in (step, band.level):
                every = 0.0
            elif step < band.level:  # what wavers about a threshold waits
                every = min(every, self._state.limits.hot_every_seconds)
            if (reading.at - band.taken).total_seconds() < every:
                return
        band.taken = reading.at
        band.level = step
        if not observed_as(reading.device, self._state):
            # what it measures is nobody's business; that its counter went on keeps the replay guard over a restart
            if seen.counter is not None and self._state.care_by("band", reading.device):
                yield BandHeard(at=reading.at, heard=reading.heard, device=reading.device, counter=seen.counter)
            return
        yield TemperatureTaken(
            at=reading.at,
            heard=reading.heard,
            device=reading.device,
            celsius=celsius,
            counter=seen.counter,
            battery_percent=seen.battery_percent,
        )
