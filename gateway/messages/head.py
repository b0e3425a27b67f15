"""A finding and its place in a stream in, the fields of its message out: what both call by one name is carried over.

Floor 2, a pure room. The type of a message is the list of what may leave the house: nothing of a finding goes further
unless the contract has a field of that name.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from gateway.compound import Places
from gateway.messages.envelope import Envelope
from gateway.words.catalogue import in_a_drill
from gateway.words.language import Lang

M = TypeVar("M", bound=Envelope)


@dataclass(frozen=True, slots=True)
class Head:
    """What every numbered message has, and how places are read aloud."""

    gw: str
    stream: str
    epoch: str
    number: int
    heard: datetime
    late: bool
    places: Places

    def message(self, kind: type[M], body: Struct, at: datetime, place: str = "", **said: object) -> M:
        """The message of `kind` about `body`, which happened `at` that `place`; `said` is what it calls otherwise."""
        fields = carried(body, kind) | {
            "id": f"{self.gw}/{self.stream}/{self.epoch}/{self.number}",
            "source": f"menshen/{self.gw}",
            "time": at,
            "gw": self.gw,
            "stream": self.stream,
            "epoch": self.epoch,
            "number": self.number,
            "heard": self.heard,
            "ts_ms": int(at.timestamp() * 1000),
            "late": self.late,
            "place": place,
            "place_path": self.places.path(place),
        }
        return kind(**(fields | said))  # type: ignore[arg-type]  # values of many types; each is that of its field


def carried(body: Struct, kind: type[Struct]) -> dict[str, object]:
    """The fields of `body` that `kind` has too."""
    return {name: getattr(body, name) for name in kind.__struct_fields__ if name in body.__struct_fields__}


def lines(zh: str, en: str, *, drill: bool = False) -> dict[str, object]:
    """What is read aloud, in both languages; a drill's says so first."""
    return {"text_zh": in_a_drill(zh, Lang.ZH, drill=drill), "text_en": in_a_drill(en, Lang.EN, drill=drill)}
