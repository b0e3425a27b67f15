"""A wrong PIN in, how many to put on record now out. Pure: the seconds are a parameter.

The first of a member at once, then the fifth, or the next after five minutes; of names nobody has one record in five
minutes, however many names there are: what strangers type must not fill the journal. Up to four are forgotten when the
house ends.
"""

from dataclasses import dataclass

AT_ONCE = 5
EVERY_SECONDS = 300.0
STRANGERS = ""  # names that nobody has, all together
MOST_MEMBERS = 1000


@dataclass(slots=True)
class _Counted:
    waiting: int = 0
    told: float = float("-inf")


class WrongPins:
    def __init__(self) -> None:
        self._counted: dict[str, _Counted] = {}

    def note(self, member: str, seconds: float) -> int:
        """One more for `member`. How many are to be told now; 0 for none."""
        counted = self._counted.pop(member, None) or _Counted()
        self._counted[member] = counted
        while len(self._counted) > MOST_MEMBERS:
            del self._counted[next(iter(self._counted))]
        counted.waiting += 1
        long_ago = seconds - counted.told >= EVERY_SECONDS
        if not (long_ago or (member != STRANGERS and counted.waiting >= AT_ONCE)):
            return 0
        told, counted.waiting, counted.told = counted.waiting, 0, seconds
        return told
