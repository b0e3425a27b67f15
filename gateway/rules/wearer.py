"""A band in, whose it is out: the flat and the pseudonym of its wearer."""

from gateway.compound import Places
from gateway.state import State


def wearer_of(band: str, state: State, places: Places) -> tuple[str, str]:
    """The flat and subject of the quarantine this band was given for; else the place it was installed for."""
    for stay in state.stays_by("band", band):
        return stay.flat, stay.subject
    device = places.devices.get(band)
    return (device.place if device else "", "")
