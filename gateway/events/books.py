"""What the house read of its own files when it opened, as an event. Floor 2, a pure room."""

from datetime import datetime

from msgspec import Struct


class BooksRead(Struct, frozen=True, tag=True, kw_only=True):
    """The house opened, and these of its files cannot be read: "staff", "devices", "trust". Told when it changed."""

    at: datetime
    heard: datetime
    unreadable: tuple[str, ...] = ()
