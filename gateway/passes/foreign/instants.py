"""A stranger's number in, an instant out: seconds since 1970, whole or broken, None where it is none."""

from datetime import UTC, datetime

LATEST = 2**34  # the year 2514, far inside what datetime takes


def instant_of(number: object) -> datetime | None:
    """Aware UTC. To Python true is a number as well; here it is none, nor is what is infinite or no number."""
    if type(number) not in (int, float):
        return None
    assert isinstance(number, int | float)
    return datetime.fromtimestamp(number, UTC) if 0 <= number <= LATEST else None
