"""The section [retention] of menshen.toml: days, by what is kept."""

from typing import TYPE_CHECKING

from msgspec.structs import fields
from pydantic import BaseModel, ConfigDict, Field, create_model

from gateway.retention import Retention

if TYPE_CHECKING:

    class RetentionSection(BaseModel):
        """What a type checker need know of it."""

else:
    RetentionSection = create_model(
        "RetentionSection",
        __config__=ConfigDict(extra="forbid", frozen=True),
        __doc__="Overrides of gateway/retention.py, one by one; whole days, at least 1 and at most ten years.",
        **{each.name: (int, Field(default=each.default, ge=1, le=3650)) for each in fields(Retention)},
    )


def retention_of(section: RetentionSection, keep_days: int | None) -> Retention:
    """`keep_days` of [journal] is the older, single limit: where set, nothing but looks and receipts outlasts it."""
    days: dict[str, int] = section.model_dump()
    if keep_days is not None:
        longer = {"looks_days", "receipts_days"}
        days = {name: value if name in longer else min(value, keep_days) for name, value in days.items()}
    return Retention(**days)
