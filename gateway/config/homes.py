"""`[homes]` of menshen.toml in, what enrolment and its papers go by out."""

from typing import Annotated, Literal, Self

from msgspec import to_builtins
from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.households import ORIGINS, HomeSettings, Origin

_Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,30}$")]


Colour = Literal["orange", "yellow", "blue", "red", "green", "purple", "grey"]


class OriginSection(BaseModel):
    """A category of where people come from, and the colour of their heads on the board."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    name: str = Field(min_length=1, max_length=60)
    colour: Colour


class HomesSection(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int = Field(default=14, ge=1, le=60, description="how long a quarantine lasts where nobody says")
    call: str = Field(default="", max_length=80, description="whom the door notice says to call: name and number")
    origins: tuple[OriginSection, ...] = Field(
        default=tuple(OriginSection.model_validate(to_builtins(each)) for each in ORIGINS),
        max_length=12,
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({each.id for each in self.origins}) < len(self.origins):
            raise ValueError("an origin is there twice")
        return self

    def settings(self) -> HomeSettings:
        origins = tuple(Origin(each.id, each.name, each.colour) for each in self.origins)
        return HomeSettings(days=self.days, call=self.call, origins=origins)
