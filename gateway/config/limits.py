"""`[limits]` of menshen.toml, and `[profiles.<name>.limits]`: the figures of gateway/limits.py, one by one."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import fields
from pydantic import BaseModel, ConfigDict, Field, create_model

from gateway.limits import Limits


def _limit(name: str, kind: Any, default: Any) -> Any:
    """A limit as a field: none is negative, what is counted or must rise above something is at least 1, and dBm are."""
    least = 1 if kind is int and name.endswith("_readings") else -127 if name.endswith("_dbm") else 0
    return (kind, Field(default=default, ge=least, le=1e9, allow_inf_nan=False))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


if TYPE_CHECKING:

    class LimitsSection(BaseModel):
        """What a type checker need know of it."""

else:
    LimitsSection = create_model(
        "LimitsSection",
        __base__=_Strict,
        __doc__="Overrides of gateway/limits.py, one by one.",
        **{each.name: _limit(each.name, each.type, each.default) for each in fields(Limits)},
    )
