"""`[profiles.<name>]` of menshen.toml in, the profiles of the house out: its own, with what is said otherwise."""

from collections.abc import Mapping
from datetime import time

from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from gateway.config.limits import LimitsSection
from gateway.profile import PROFILES, Profile


class ProfileSection(BaseModel):
    """What is left out stays as the profile of that name has it (gateway/profile.py), or off in one of a new name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    thermometer: bool = Field(default=False, description="hot at the lane's thermometer is referred")
    inside_outside: bool = Field(default=False, description="already inside, or not inside, is referred")
    quota_people: int = Field(default=0, ge=0, le=20, description="so many of a household may go out ...")
    quota_days: int = Field(default=2, ge=1, le=31, description="... within so many days")
    head_cap: int = Field(default=0, ge=0, le=100_000, description="so many who live elsewhere may be inside")
    inactivity: bool = Field(default=False, description="who lives alone, agreed and shows no sign of life is told")
    fever_celsius: float = Field(
        default=0.0, ge=0, le=43, description="another threshold of fever at the wrist, 0: that of [limits]"
    )
    limits: LimitsSection = Field(default=LimitsSection(), description="other figures while it is in force")
    curfew: str = Field(
        default="", pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$", description='"22:00-06:00", or ""'
    )


def profiles_of(sections: Mapping[str, ProfileSection]) -> tuple[Profile, ...]:
    """The built-in ones first, then new ones in the order of the file."""
    known = {profile.name: profile for profile in PROFILES}
    for name, section in sections.items():
        said = section.model_dump(exclude_unset=True)
        if "limits" in said:
            said["limits"] = known.get(name, Profile(name=name)).limits | said["limits"]
        if "curfew" in said:
            begins, _, ends = said.pop("curfew").partition("-")
            said["curfew_begins"] = time.fromisoformat(begins) if begins else None
            said["curfew_ends"] = time.fromisoformat(ends) if ends else None
        known[name] = replace(known.get(name, Profile(name=name)), **said)
    return tuple(known.values())
