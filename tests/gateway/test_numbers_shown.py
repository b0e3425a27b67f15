"""Numbers of cards and plates belong to somebody: they are a sign of life of their reader, and are kept nowhere."""

import msgspec
import pytest

from devices.reading import AliveSeen, CardSeen, PlateSeen, Seen, TypedSeen
from gateway.state.state import freeze
from tests.gateway.keeping import Kept
from tests.gateway.number_kit import ENTRIES, book

SHOWN = [CardSeen(26, 0x2541A6F), PlateSeen("沪A12345", 0.94, "east"), TypedSeen("沪A12345"), TypedSeen("R3ZYW00Y")]
NUMBERS = ("A12345", str(0x2541A6F), "2541a6f", "R3ZYW00Y", "018,41143")


@pytest.mark.parametrize("seen", SHOWN, ids=["card", "plate", "typed plate", "typed code"])
@pytest.mark.parametrize("with_book", [True, False])
def test_a_number_is_neither_journaled_nor_remembered(seen: Seen, with_book: bool) -> None:
    kept = Kept()
    if with_book:
        kept.gatekeeper.codes = msgspec.structs.replace(kept.gatekeeper.codes, numbers=book(*ENTRIES.values()))
    wrote = kept.hear("scanner", seen, link="scanner")
    assert [type(each).__name__ for each in wrote] == ["PassShown", "Decision"]
    assert kept.gatekeeper.condenser.latest["scanner"].seen == AliveSeen()
    assert kept.gatekeeper.condenser.liveness.last("scanner") == kept.now
    told = msgspec.json.encode(wrote).decode() + str(msgspec.msgpack.decode(freeze(kept.state)))
    assert [number for number in NUMBERS if number in told] == []
