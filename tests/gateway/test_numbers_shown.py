"""Numbers of cards and plates belong to somebody: they are a sign of life of their reader, and are kept nowhere."""

import pytest

from devices.reading import AliveSeen, CardSeen, PlateSeen, Seen
from tests.gateway.keeping import Kept


@pytest.mark.parametrize("seen", [CardSeen(26, 0x2541A6F), PlateSeen("沪A12345", 0.94, "east")], ids=["card", "plate"])
def test_a_number_that_nothing_is_done_with_is_neither_journaled_nor_remembered(seen: Seen) -> None:
    kept = Kept()
    assert kept.hear("scanner", seen, link="scanner") == []
    assert kept.gatekeeper.condenser.latest["scanner"].seen == AliveSeen()
    assert kept.gatekeeper.condenser.liveness.last("scanner") == kept.now
