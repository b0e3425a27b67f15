"""An output that a fire left on is switched off when nothing burns; one that is on for somebody is left alone."""

from datetime import timedelta

import pytest

from devices.driver import Action, Output
from devices.reading import AliveSeen, DoorSeen, Reading
from gateway.compound import Direction, Places
from gateway.entries import Entry, EntryClass
from gateway.findings import Decision, Reason, Verdict
from gateway.house.fire_hands import FireHands
from gateway.orders.every import FireEnded
from tests.small_site import NOON, WAY_IN, small_site

BARRIER = "node-00000201"
PLACES = Places(small_site())


class Cable:
    def __init__(self) -> None:
        self.told: list[Action] = []

    def act(self, action: Action) -> bool:
        self.told.append(action)
        return True


class Hands(FireHands):
    """The hands, and the cable they act on."""

    def __init__(self, burning: tuple[str, ...] = ()) -> None:
        self.cable = Cable()
        super().__init__({"rs485-a": self.cable}, lambda: PLACES, lambda: burning)  # type: ignore[dict-item]  # a fake of one method

    def beat(self, second: float, *, on: bool) -> None:
        now = NOON + timedelta(seconds=second)
        self.notice(Reading(at=now, heard=now, link="rs485-a", device=BARRIER, seen=AliveSeen(on=on)))

    def admit(self) -> None:
        decision = Decision(
            at=NOON,
            lane=WAY_IN,
            gate="palm/south",
            compound="palm",
            direction=Direction.IN,
            verdict=Verdict.ADMIT,
            reason=Reason.ADMITTED,
        )
        entry = Entry(number=1, at=NOON, heard=NOON, kind="Decision", entry_class=EntryClass.FINDING, body=b"")
        self.committed(entry, decision)


OFF = [Output(device=BARRIER, on=False, seconds=0.0)]


def test_it_is_switched_off_once_it_has_been_on_for_longer_than_any_opening() -> None:
    hands = Hands()
    for second in range(16):
        hands.beat(second, on=True)
    assert hands.cable.told == []
    hands.beat(16, on=True)
    assert hands.cable.told == OFF


@pytest.mark.parametrize("burning", [True, False])
def test_not_while_it_burns(burning: bool) -> None:
    hands = Hands(("palm",) if burning else ())
    for second in range(20):
        hands.beat(second, on=True)
    assert hands.cable.told == ([] if burning else OFF)


def test_a_rush_that_keeps_it_open_is_left_alone() -> None:
    hands = Hands()
    for second in range(200):
        hands.beat(second, on=True)
        if second % 4 == 0:
            hands.admit()
    assert hands.cable.told == []


def test_an_opening_that_ended_starts_the_count_anew() -> None:
    hands = Hands()
    for second in range(100):
        hands.beat(second, on=second % 12 != 0)
    assert hands.cable.told == []


def test_a_contact_that_says_fire_is_no_output() -> None:
    hands = Hands()
    hands.notice(Reading(at=NOON, heard=NOON, link="rs485-a", device=BARRIER, seen=DoorSeen(open=True)))
    assert hands.cable.told == []


def test_the_end_of_a_fire_shuts_every_lane_of_that_compound_and_holds_it_no_more() -> None:
    hands = Hands()
    hands.open("palm")
    assert hands.holding
    outputs = [each.device for each in hands.cable.told if isinstance(each, Output) and each.on]
    assert len(outputs) == len(hands.cable.told) > 0
    hands.cable.told.clear()
    ended = FireEnded(id="e", at=NOON, by="g1", compound="palm")
    hands.committed(Entry(number=2, at=NOON, heard=NOON, kind="e", entry_class=EntryClass.INPUT, body=b""), ended)
    assert hands.cable.told == [Output(device=device, on=False, seconds=0.0) for device in outputs]
    assert not hands.holding
