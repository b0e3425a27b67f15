"""A band in, whose it is out: the flat and the pseudonym of its wearer, and whether their temperature is looked at."""

from gateway.compound import Places
from gateway.state.state import State


def wearer_of(band: str, state: State, places: Places) -> tuple[str, str]:
    """The flat and subject this band was given for; else the place it was installed for."""
    for stay in state.stays_by("band", band):
        return stay.flat, stay.subject
    for agreement in state.care_by("band", band):
        return agreement.flat, agreement.subject
    device = places.devices.get(band)
    return (device.place if device else "", "")


def observed_as(band: str, state: State) -> str:
    """The id of the stay or agreement for which this band's temperature is looked at; empty if of none (yet).

    Least data: nobody else's temperature is anybody's business.
    """
    for stay in state.stays_by("band", band):
        return "" if stay.id in state.waiting else stay.id
    return next((each.id for each in state.care_by("band", band) if each.temperatures), "")


def observed_with(band: str, state: State) -> bool:
    """Is it worn for a stay whose first day has come?"""
    return any(stay.id not in state.waiting for stay in state.stays_by("band", band))
