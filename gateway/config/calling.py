"""`[[responders]]` and `[[sirens]]` of menshen.toml: who is called after whom, and what sounds on the spot."""

from pydantic import BaseModel, ConfigDict, Field

from gateway.calling import Calling, Responder, ResponderRole, Siren
from gateway.kinds import Severity


class ResponderSection(BaseModel):
    """Somebody who is called. An id, never a name: names stand in the staff's book or in the centre's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$", description="as in the staff's book, if they are in it")
    role: ResponderRole
    places: tuple[str, ...] = Field(
        default=(), max_length=200, description="compounds, buildings, units, flats, gates or lanes; none: everywhere"
    )


class SirenSection(BaseModel):
    """A horn or a lamp on an output; it sounds when an alert of these grades begins to ring or is not taken in time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    output: str = Field(min_length=1, max_length=80, description="the device whose output it hangs on")
    severities: tuple[Severity, ...] = Field(default=(Severity.CRITICAL,), min_length=1)
    seconds: float = Field(default=30.0, gt=0, le=3600, description="so long, or until nothing of it rings any more")


def calling_of(responders: tuple[ResponderSection, ...], sirens: tuple[SirenSection, ...]) -> Calling:
    """As the rules read it."""
    return Calling(
        responders=tuple(Responder(id=each.id, role=each.role, places=each.places) for each in responders),
        sirens=tuple(Siren(output=each.output, severities=each.severities, seconds=each.seconds) for each in sirens),
    )
