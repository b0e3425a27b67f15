"""A flat, its receivers and a worn band in bad air: a walk in; out, what the real house makes of what they hear.

The model of the air, per receiver: a mean strength for each place of the band; shadowing of 6 dB that wanders with a
minute's memory; 4 dB from advert to advert; a loss of 30 to 60 percent, drawn for each receiver and day; bodies in the
way (a minute or so, 15 dB and 4 of 5 adverts lost, every hour or two) and nights on the arm (20 minutes, 10 dB and 3 of
4 lost). What arrives under -95 dBm is not heard. An advert every 2 seconds, 43,200 a day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gateway.compound import Device, DeviceKind, Site
from gateway.events.presence import PresenceChanged
from gateway.findings import Alert
from gateway.kinds import Kind
from gateway.limits import Limits
from tests.gateway.keeping import BAND, FLAT, Kept, make_site

EVERY = 2.0
DEAF = -95.0
KINDS = (Kind.BAND_AT_GATE, Kind.BAND_LEFT_FLAT, Kind.BAND_GONE)
Strengths = Mapping[str, float]  # receiver -> mean strength; not named: out of reach

# A receiver on the floor (or in the flat), one two floors down, one at the east gate.
IN_FLAT: Strengths = {"own": -70.0, "other": -86.0}
NEAR_GATE: Strengths = {"own": -66.0, "other": -88.0, "gate": -86.0}  # a ground floor flat beside the gate
ON_STAIRS: Strengths = {"own": -84.0, "other": -68.0}
AT_NEIGHBOURS: Strengths = {"other": -66.0}
IN_YARD: Strengths = {"other": -93.0, "gate": -92.0}
AT_GATE: Strengths = {"gate": -66.0}
AWAY: Strengths = {}


@dataclass(frozen=True)
class Stretch:
    """So long at one place."""

    seconds: float
    strengths: Strengths


def site() -> Site:
    """The small compound with three receivers, one of them at a gate; the flat expects `own`."""
    plain = make_site()
    radios = (
        Device("own", DeviceKind.RADIO, "own", "palm/b1-1"),
        Device("other", DeviceKind.RADIO, "other", "palm/b1"),
        Device("gate", DeviceKind.RADIO, "gate", "palm/east"),
    )
    kept = tuple(device for device in plain.devices if device.kind is DeviceKind.BAND)
    return Site(plain.street, (*kept, *radios))


@dataclass
class Air:
    """One band-day after another, each with air of its own."""

    seed: int
    limits: Limits = field(default_factory=lambda: Limits(band_silent_seconds=0.0))
    loss: tuple[float, float] = (0.3, 0.6)
    kept: Kept = field(init=False)
    moves: list[PresenceChanged] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept = Kept(site(), self.limits)
        self.kept.quarantine(band=BAND, flat=FLAT, days=50)
        self._random = np.random.default_rng(self.seed)

    def walk(self, stretches: Sequence[Stretch]) -> None:
        """The band goes there; the house hears what it hears."""
        start = self.kept.now
        for second, receiver, strength in self._heard(stretches):
            self._to(start + timedelta(seconds=second))
            for event in self.kept.gatekeeper.condenser.presence.hear(BAND, receiver, strength, self.kept.now):
                self._take(event)
        self._to(start + timedelta(seconds=sum(each.seconds for each in stretches)))

    def told(self) -> list[Alert]:
        return [alert for alert in self.kept.raised() if alert.kind in KINDS]

    def _to(self, now: datetime) -> None:
        gatekeeper = self.kept.gatekeeper
        due = gatekeeper.due()
        self.kept.now = now
        if due is not None and due <= now:
            batch = gatekeeper.tick(now)
            if batch.entries:
                self.kept.batches.append(batch)
                self.moves += [body for body in batch.bodies if isinstance(body, PresenceChanged)]

    def _take(self, event: PresenceChanged) -> None:
        self.moves.append(event)
        self.kept.consider(event)

    def _heard(self, stretches: Sequence[Stretch]) -> Iterator[tuple[float, str, int]]:
        count = round(sum(each.seconds for each in stretches) / EVERY)
        blocked = self._spells(count, mean_pause=5400.0, shortest=10.0, longest=120.0)
        asleep = self._spells(count, mean_pause=14400.0, shortest=300.0, longest=1200.0)
        seconds, names, strengths = [], [], []
        for number, receiver in enumerate(("own", "other", "gate")):
            mean = np.concatenate(
                [np.full(round(each.seconds / EVERY), each.strengths.get(receiver, -200.0)) for each in stretches]
            )[:count]
            level = mean + self._shadow(count) + self._random.normal(0.0, 4.0, count)
            level -= 15.0 * blocked + 10.0 * asleep
            lost = self._random.uniform(*self.loss)
            lost = np.maximum(np.maximum(lost, 0.8 * blocked), 0.75 * asleep)
            at = np.nonzero((level > DEAF) & (self._random.random(count) >= lost))[0]
            seconds.append(at * EVERY + number * 0.01)  # the same advert, received one after another
            names.append(np.full(len(at), number))
            strengths.append(level[at])
        order = np.argsort(np.concatenate(seconds), kind="stable")
        all_names = np.concatenate(names)[order]
        levels = np.concatenate(strengths)[order].astype(int)
        for second, name, level_ in zip(
            np.concatenate(seconds)[order].tolist(), all_names.tolist(), levels.tolist(), strict=True
        ):
            yield second, ("own", "other", "gate")[name], level_

    def _shadow(self, count: int) -> NDArray[np.float64]:
        """A first-order wander with a minute's memory and 6 dB."""
        keep = float(np.exp(-EVERY / 60.0))
        steps = self._random.normal(0.0, 6.0 * np.sqrt(1 - keep * keep), count)
        wander = np.empty(count)
        value = float(self._random.normal(0.0, 6.0))
        for at, step in enumerate(steps.tolist()):
            value = value * keep + step
            wander[at] = value
        return wander

    def _spells(self, count: int, *, mean_pause: float, shortest: float, longest: float) -> NDArray[np.float64]:
        spells = np.zeros(count)
        at = self._random.exponential(mean_pause) / EVERY
        while at < count:
            length = self._random.uniform(shortest, longest) / EVERY
            spells[int(at) : int(at + length)] = 1.0
            at += length + self._random.exponential(mean_pause) / EVERY
        return spells
