"""The states of a building's flats in, what stands beside its name out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.kinds import Severity
from gateway.pages.board.model import Door, FlatState


@dataclass(frozen=True, slots=True)
class Counts:
    flats: int
    stays: int
    served: int
    doors_open: int
    silent: int
    alerts: int
    critical: int


def count(flats: Iterable[FlatState]) -> Counts:
    """What stands beside a building's name. A door counts as open or silent where somebody is in quarantine."""
    total = stays = served = doors_open = silent = alerts = grave = 0
    for state in flats:
        total += 1
        stays += sum(not stay.served and not stay.away for stay in state.stays)
        served += sum(stay.served for stay in state.stays)
        alerts += state.alerts
        grave += state.gravest is Severity.CRITICAL
        if state.stays:
            doors_open += state.door is Door.OPEN
            silent += state.door is Door.SILENT
            silent += sum(stay.band is not None and stay.band.silent for stay in state.stays)
    return Counts(total, stays, served, doors_open, silent, alerts, grave)


def added(several: Iterable[Counts]) -> Counts:
    """Of several buildings together."""
    total = Counts(0, 0, 0, 0, 0, 0, 0)
    for each in several:
        total = Counts(
            total.flats + each.flats,
            total.stays + each.stays,
            total.served + each.served,
            total.doors_open + each.doors_open,
            total.silent + each.silent,
            total.alerts + each.alerts,
            total.critical + each.critical,
        )
    return total
