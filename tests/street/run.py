"""A simulated street in, what the house made of it out: every alert in each of its revisions. Pure but for its pace.

The condenser's own part for bands is fed with adverts; what its other parts say (silence, presence) comes as the events
they would give: a street's heartbeats and adverts of fourteen days are a thousand million, and have tests of their own.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from devices.reading import Reading
from gateway.condense.bands import Bands
from gateway.entries import Batch
from gateway.events.every import ConfigLoaded, HourStruck, HouseOpened
from gateway.findings import Alert
from gateway.gatekeeper import Gatekeeper
from gateway.limits import Limits
from gateway.orders.every import Order, OrderRefused
from gateway.state.state import State
from tests.street.air import Air
from tests.street.duty import Duty
from tests.street.steps import START, Case, Item, Said, clock
from tests.street.street import SimulatedStreet


class House(Gatekeeper):
    """The real one, told the hour when something falls due. It hears no heartbeats: its condenser is not asked."""

    def falls_due(self) -> datetime | None:
        return self._timers.due()


@dataclass
class Run:
    """What came of it. `refused`: orders that made no sense, by why."""

    alerts: list[Alert] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    entries: int = 0
    steps: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    home_days: int = 0
    ended: datetime = START


Look = Callable[[Batch], None]


def run(
    street: SimulatedStreet,
    seed: int = 1,
    look: Look = lambda batch: None,
    progress: Callable[[int], None] = lambda day: None,
    house: House | None = None,
    air: Air | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> Run:
    """All of its days, one after the other. `look` is shown each batch, as the journal would be. `air`: what bands say
    goes through it, encrypted; else the condenser's own part is handed what they mean."""
    house = house or House(State())
    bands = Bands(house.state)
    duty = Duty(random.Random(seed))
    done = Run()

    def keep(batch: Batch) -> None:
        done.entries += len(batch.entries)
        for body in batch.bodies:
            if isinstance(body, Alert):
                done.alerts.append(body)
            elif isinstance(body, OrderRefused) and body.by == "office":
                done.refused[f"{body.order}: {body.why}"] = done.refused.get(f"{body.order}: {body.why}", 0) + 1
            duty.sees(body)
        look(batch)

    def until(at: datetime) -> None:
        while True:
            struck, ordered = house.falls_due(), duty.due()
            first = min((hour for hour in (struck, ordered) if hour is not None), default=None)
            if first is None or first > at:
                return
            if struck == first:
                keep(house.consider(HourStruck(at=first, heard=first)))
            else:
                keep(house.order(duty.order())[0])

    def play(item: Item, at: datetime) -> None:
        done.steps += 1
        until(at)
        if air is not None:
            for batch in air.beats(house, at):
                keep(batch)
        if isinstance(item, Said) and air is not None:
            for batch in air.says(house, item.band, item.seen, at):
                keep(batch)
        elif isinstance(item, Said):
            reading = Reading(at=at, heard=at, link="radio", device=item.band, seen=item.seen)
            for event in bands.feed(reading, item.seen):
                keep(house.consider(event))
        elif isinstance(item, Order):
            keep(house.order(item)[0])
        else:
            keep(house.consider(item))

    keep(house.consider(HouseOpened(at=START, heard=START, version="1", epoch="e", clock_trusted=True)))
    keep(house.consider(ConfigLoaded(at=START, heard=START, fingerprint="street", site=street.site, limits=limits)))
    waiting: list[tuple[datetime, Item]] = []  # what began one day and happens on another
    for day, tape in enumerate(street.tapes()):
        done.cases += tape.cases
        done.home_days += street.flats
        midnight = clock(day + 1, 0)
        steps = sorted([*waiting, *tape.steps], key=lambda step: step[0])
        waiting = [step for step in steps if step[0] >= midnight]
        for at, item in steps[: len(steps) - len(waiting)]:
            play(item, at)
        until(midnight)
        progress(day)
    done.ended = clock(street.days, 0)
    return done
