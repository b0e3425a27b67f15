"""`[windows]` of menshen.toml in; which services at a quarantine door are approved by themselves, whom to call, out."""

from datetime import time

from pydantic import BaseModel, ConfigDict, Field

from gateway.services import Purpose, WindowPolicy, WindowRules

HOURS = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"


class PolicySection(BaseModel):
    """Requests for this between these hours need nobody's word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    purpose: Purpose
    between: str = Field(pattern=HOURS, description='local time, "07:00-20:00"')
    minutes: int = Field(default=60, ge=5, le=720, description="how long the door may open, from the asking on")


class WindowsSection(BaseModel):
    """See docs/homes.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    call: str = Field(default="", max_length=40, description="whom a resident calls; it stands on their page")
    address: str = Field(
        default="", pattern=r"^(https?://[^\s/]+)?$", description="of the pages, as phones in the flats reach it"
    )
    answer_minutes: float = Field(default=30.0, ge=1, le=1440, description="unanswered for longer is an alert")
    most_open: int = Field(default=4, ge=1, le=20, description="requests of one flat that may wait at a time")
    most_an_hour: int = Field(default=6, ge=1, le=60)
    usual_minutes: int = Field(default=60, ge=5, le=720, description="how long a person approves for")
    approve: tuple[PolicySection, ...] = Field(default=(), max_length=32)


def window_rules_of(section: WindowsSection) -> WindowRules:
    """What the rules go by."""
    return WindowRules(
        policies=tuple(_policy(each) for each in section.approve),
        answer_minutes=section.answer_minutes,
        most_open=section.most_open,
        most_an_hour=section.most_an_hour,
        usual_minutes=section.usual_minutes,
        call=section.call,
    )


def _policy(section: PolicySection) -> WindowPolicy:
    begins, _, ends = section.between.partition("-")
    return WindowPolicy(
        purpose=section.purpose,
        begins=time.fromisoformat(begins),
        ends=time.fromisoformat(ends),
        minutes=section.minutes,
    )
