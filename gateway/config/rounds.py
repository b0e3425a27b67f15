"""`[rounds]` of menshen.toml in, the hours at which everybody in home observation is looked after, out."""

from datetime import time

from pydantic import BaseModel, ConfigDict, Field

from gateway.rounds import RoundRules


class RoundsSection(BaseModel):
    """Local time of each compound. No hours: no rounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hours: tuple[time, ...] = Field(
        default=RoundRules().hours, max_length=12, description='when one begins, "08:00:00"'
    )
    minutes: float = Field(default=120.0, ge=0.1, le=720, description="so long the wristbands have to answer")
    call_minutes: float = Field(default=60.0, ge=1, le=1440, description="who has not is to be called within so long")
    knock_minutes: float = Field(default=60.0, ge=1, le=1440, description="and knocked at within so long")


def round_rules_of(section: RoundsSection) -> RoundRules:
    """What the rules go by."""
    return RoundRules(
        hours=tuple(sorted(set(section.hours))),
        seconds=section.minutes * 60,
        call_within_seconds=section.call_minutes * 60,
        knock_within_seconds=section.knock_minutes * 60,
    )
