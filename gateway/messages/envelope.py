"""What every numbered message to the centre has.

Floor 2, a pure room.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct


class Envelope(Struct, frozen=True, kw_only=True):
    """What every numbered message has: CloudEvents 1.0 attributes (`type` is the tag), our numbers as plain fields."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    time: datetime  # when it happened
    datacontenttype: Literal["application/json"] = "application/json"
    gw: str
    stream: str
    epoch: str
    number: int
    heard: datetime  # when the house had it
    ts_ms: int
    late: bool = False  # delivered in catch-up: not to ring for, unless still open
    drill: bool = False
    schema: int = 1
    place: str = ""
    place_path: str = ""
    subject: str = ""
    text_zh: str = ""
    text_en: str = ""
