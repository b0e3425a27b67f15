"""A flat and an instant in; whether its door is watched then, whether it may open, whether it is night out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.compound import DeviceKind, Places
from gateway.kinds import Kind
from gateway.state.state import State

OF_ONE_OPENING = (
    Kind.QUARANTINE_DOOR_OPENED,
    Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT,
    Kind.QUARANTINE_DOOR_LEFT_OPEN,
)
"""What is over when the door is shut."""


def zone_of(flat: str, places: Places) -> ZoneInfo | None:
    """The time zone of a flat; None for one that was taken out of the configuration."""
    home = places.flats.get(flat)
    return None if home is None else ZoneInfo(places.compounds[home.compound].timezone)


def is_watched(flat: str, at: datetime, state: State, places: Places) -> bool:
    """Is somebody of this flat in quarantine at that instant? An untrusted clock ends nobody's stay."""
    stays = state.quarantines_of(flat)
    zone = zone_of(flat, places) if stays else None
    return zone is not None and any(stay.covers(at, zone) or not state.clock_trusted for stay in stays)


def window_end(flat: str, at: datetime, state: State) -> datetime | None:
    """When the permission that covers this instant ends (an instant after its last), None if there is none.

    Whoever brings the food comes a little early or late: a window is that much wider than it says.
    """
    early = timedelta(seconds=state.limits.window_early_seconds)
    late = timedelta(seconds=state.limits.window_late_seconds)
    ends = [
        window.closes + late for window in state.windows_of(flat) if window.opens - early <= at <= window.closes + late
    ]
    return max(ends) + timedelta(microseconds=1) if ends else None


def opened_kind(flat: str, at: datetime, state: State, places: Places) -> Kind:
    """At night nobody comes with food, and few look at the screen: it is another kind."""
    zone = zone_of(flat, places)
    assert zone is not None  # it is watched
    begins, ends = state.limits.night_begins_hour, state.limits.night_ends_hour
    local = at.astimezone(zone)
    now = local.hour + local.minute / 60 + local.second / 3600
    night = begins <= now < ends if begins <= ends else now >= begins or now < ends
    return Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT if night else Kind.QUARANTINE_DOOR_OPENED


def doors_gone(open_doors: Iterable[str], places: Places) -> list[str]:
    """The open doors whose sensor was taken out of the configuration: nobody would ever say that they shut."""
    watched = {device.place for device in places.devices.values() if device.kind is DeviceKind.DOOR}
    return [flat for flat in open_doors if flat not in watched]
