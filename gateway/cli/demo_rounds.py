"""The hour at which a demonstration is set up in; the hours of its rounds out, and which of them must have figures.

A round of a demonstration lasts seconds. One counts when it began after the first people were at home to be observed
and ended before the demonstration did.
"""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.cli.demo_files import ROUND_SECONDS

FIRST_SECONDS: Final = 15.0  # after the set-up: the gateway takes some to start
EVERY_SECONDS: Final = 15.0
COUNT: Final = 12  # as many as `[rounds] hours` takes; a longer demonstration goes on without


class Rounds:
    """Told once that people are at home, and once that it is over."""

    def __init__(self, compound: str, timezone: str, now: datetime) -> None:
        first = (now + timedelta(seconds=FIRST_SECONDS)).replace(microsecond=0).astimezone(ZoneInfo(timezone))
        self.hours = [first + timedelta(seconds=EVERY_SECONDS * index) for index in range(COUNT)]
        self._compound = compound
        self._since: datetime | None = None
        self._until: datetime | None = None

    def people_are_home(self, now: datetime) -> None:
        self._since = self._since or now

    def over(self, now: datetime) -> None:
        self._until = now

    def expected(self) -> set[str]:
        """The ids of those that count, as the gateway names them."""
        if self._since is None or self._until is None:
            return set()
        latest = self._until - timedelta(seconds=ROUND_SECONDS)
        return {self._id(hour) for hour in self.hours if self._since <= hour <= latest}

    def _id(self, hour: datetime) -> str:
        return f"{self._compound}/{hour:%Y-%m-%dT%H%M}" + (f"{hour:%S}" if hour.second else "")
