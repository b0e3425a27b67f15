"""The door node's decoder against frames, against a lossy line, and on a shared pair."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic import ValidationError

from devices.door_node import MOST_NUMBERS, DoorNodeDecoder, DoorNodeSettings
from devices.driver import Describe, Identify, NoKeys, Output, Reply
from devices.reading import (
    AliveSeen,
    DoorSeen,
    ForgedSeen,
    GarbledSeen,
    HelloSeen,
    LostSeen,
    OutputSeen,
    Receipt,
    Sighting,
    TamperSeen,
)
from firmware_bridges import wire
from firmware_bridges.wire import Ack, Beat, Body, Done, Event, Frame, Hello, Poll, Splitter, write

NODE = "node-00000101"
HELLO = Hello(device=0x101, ring=7, boot=9, cause=1, ring_size=64, inputs=2, outputs=1, firmware="door-node 1.0")
BEAT = Beat(ring=7, last=0, dropped=0, boot=9, millivolts=4100, pending=0, inputs=0b01, outputs=0)


def event(sequence: int, kind: int = 1, value: int = 1, older: int = 0, lost: int = 0, age_ms: int = 0) -> Event:
    return Event(ring=7, sequence=sequence, age_ms=age_ms, lost=lost, value=value, kind=kind, older=older)


def receipt(sequence: int) -> Receipt:
    return Receipt(NODE, 7, sequence)


def alone() -> DoorNodeDecoder:
    return DoorNodeDecoder(DoorNodeSettings(port="/dev/ttyUSB0"), NoKeys())


def shared(*addresses: int) -> DoorNodeDecoder:
    return DoorNodeDecoder(DoorNodeSettings(port="/dev/ttyUSB0", addresses=addresses), NoKeys())


def say(decoder: DoorNodeDecoder, *bodies: Body, address: int = 0) -> list[Sighting | Reply]:
    return list(decoder.feed(b"".join(write(Frame(address, body)) for body in bodies)))


def seen(*found: Sighting | Reply) -> list[object]:
    return [item.seen for item in found if isinstance(item, Sighting)]


def told(*data: bytes) -> list[Frame]:
    """What the house's bytes say; garbled ones fail the test."""
    found = Splitter().feed(b"".join(data))
    assert all(isinstance(frame, Frame) for frame in found)
    return [frame for frame in found if isinstance(frame, Frame)]


def asked(found: list[Sighting | Reply]) -> list[Frame]:
    return told(*(item.data for item in found if isinstance(item, Reply)))


DESCRIBE = [Frame(0, wire.Describe())]


def receipts(found: list[Sighting | Reply]) -> list[Receipt | None]:
    return [item.receipt for item in found if isinstance(item, Sighting) and not isinstance(item.seen, HelloSeen)]


# ---- what is seen


def test_an_event_becomes_what_it_means_with_its_age_and_receipt() -> None:
    decoder = alone()
    assert say(decoder, HELLO) == [Sighting(HelloSeen("door-node 1.0", boot=9, inputs=2), NODE)]
    assert say(decoder, event(1, age_ms=2500), event(2, value=0, older=1)) == [
        Sighting(DoorSeen(open=True), NODE, 2.5, receipt(1)),
        Sighting(DoorSeen(open=False), NODE, 0.0, receipt(2)),
    ]
    assert say(decoder, event(3, kind=2, older=2), event(4, kind=3, value=3290, older=3)) == [
        Sighting(TamperSeen(open=True), NODE, 0.0, receipt(3)),
        Sighting(AliveSeen(battery_millivolts=3290), NODE, 0.0, receipt(4)),
    ]


def test_a_beat_is_a_sign_of_life_with_the_state_of_the_contacts() -> None:
    decoder = alone()
    say(decoder, HELLO)
    assert say(decoder, BEAT) == [
        Sighting(AliveSeen(battery_millivolts=4100, open=True, tampered=False, on=False), NODE)
    ]


def test_a_beat_says_nothing_of_the_contacts_while_events_are_held_that_will() -> None:
    decoder = alone()
    say(decoder, HELLO)
    held = Beat(ring=7, last=1, dropped=0, boot=9, millivolts=4100, pending=1, inputs=0b01, outputs=0)
    assert say(decoder, held) == [Sighting(AliveSeen(battery_millivolts=4100, on=False), NODE)]


def test_an_order_to_an_output_waits_for_the_node_to_say_who_it_is() -> None:
    decoder = alone()
    opening = Output(device=NODE, on=True, seconds=3.0)
    assert list(decoder.act(opening)) == [b""]
    sent = write(Frame(0, wire.Output(output=0, on=True, duration_ms=3000)))
    assert Reply(sent) in say(decoder, HELLO)
    assert list(decoder.act(opening)) == [sent]


def test_an_order_that_waited_too_long_is_told_and_is_not_followed_later() -> None:
    decoder = alone()
    list(decoder.act(Output(device=NODE, on=True, seconds=3.0)))
    quiet = [item for _ in range(6) for item in decoder.feed(b"")]
    failed = OutputSeen(on=True, ok=False, why="the node does not answer")
    assert seen(*quiet) == [failed]
    answered = say(decoder, HELLO)
    assert [item for item in answered if isinstance(item, Reply)] == []
    assert OutputSeen(on=False, ok=True) in seen(*answered)


@pytest.mark.parametrize(("kind", "value"), [(1, 2), (2, 0xFFFF), (9, 0)])
def test_an_event_nobody_understands_is_garbled_and_still_acknowledged(kind: int, value: int) -> None:
    decoder = alone()
    say(decoder, HELLO)
    [found] = say(decoder, event(1, kind=kind, value=value))
    assert isinstance(found, Sighting)
    assert isinstance(found.seen, GarbledSeen)
    assert found.receipt == receipt(1)
    assert told(*decoder.confirm(receipt(1))) == [Frame(0, Ack(7, 1))]


def test_noise_is_garbled_but_not_what_stands_before_the_first_delimiter() -> None:
    decoder = alone()
    assert list(decoder.feed(b"the tail of a frame\0")) == []
    assert [type(item) for item in seen(*decoder.feed(b"noise\0"))] == [GarbledSeen]


def test_a_node_speaking_at_an_address_nobody_configured_is_noticed() -> None:
    [found] = seen(*say(alone(), HELLO, address=5))
    assert isinstance(found, GarbledSeen)
    assert found.why == "no node is configured at address 5"


def test_our_own_words_coming_back_are_no_sighting() -> None:
    assert say(alone(), Ack(7, 1), wire.Describe(), Poll(), wire.Output(0, True, 0)) == []


def test_an_event_with_a_number_below_one_is_garbled_without_receipt() -> None:
    decoder = alone()
    say(decoder, HELLO)
    [found] = say(decoder, event(3, older=3))
    assert isinstance(found, Sighting)
    assert isinstance(found.seen, GarbledSeen)
    assert found.receipt is None


# ---- who speaks


def test_a_new_line_is_asked_who_is_there_until_it_answers() -> None:
    decoder = alone()
    assert asked(list(decoder.feed(b""))) == DESCRIBE
    assert asked(list(decoder.feed(b""))) == DESCRIBE
    say(decoder, HELLO)
    assert list(decoder.feed(b"")) == []


def test_events_before_the_hello_are_left_to_be_sent_again_and_asked_about_once() -> None:
    decoder = alone()
    assert asked(say(decoder, event(1), event(2, older=1))) == DESCRIBE
    assert asked(say(decoder, BEAT)) == DESCRIBE  # a second later, still no answer
    assert seen(*say(decoder, HELLO, event(1)))[1:] == [DoorSeen(open=True)]


def test_another_ring_means_another_node_until_it_says_who_it_is() -> None:
    decoder = alone()
    say(decoder, HELLO)
    stranger = Event(ring=8, sequence=1, age_ms=0, lost=0, value=1, kind=1, older=0)
    found = say(decoder, stranger)
    assert seen(*found) == []
    assert asked(found) == DESCRIBE
    say(decoder, Hello(0x102, 8, 8, 1, 64, 2, 1, "door-node 1.0"))
    assert [s.speaker for s in say(decoder, stranger) if isinstance(s, Sighting)] == ["node-00000102"]


def test_a_beat_of_a_later_boot_is_asked_about() -> None:
    decoder = alone()
    say(decoder, HELLO)
    assert asked(say(decoder, Beat(7, 0, 0, 10, 4100, 0, 0, 0))) == DESCRIBE


# ---- acknowledgements


def test_an_event_waits_for_the_one_before_it_that_was_damaged_on_the_way() -> None:
    decoder = alone()
    assert receipts(say(decoder, HELLO, event(5), event(7, older=2))) == [receipt(5)]
    assert receipts(say(decoder, event(6), event(7, older=1))) == [receipt(6), receipt(7)]
    assert [told(*decoder.confirm(receipt(n))) for n in (6, 7)] == [[Frame(0, Ack(7, 6))], [Frame(0, Ack(7, 7))]]


def test_a_decoder_that_comes_late_begins_with_the_oldest_the_node_holds() -> None:
    decoder = alone()
    assert receipts(say(decoder, HELLO, event(7, older=2), event(5), event(6, older=1))) == [receipt(5), receipt(6)]


def test_a_repeat_is_seen_again_and_acknowledged_again() -> None:
    decoder = alone()
    say(decoder, HELLO)
    for _ in range(2):
        assert seen(*say(decoder, event(1))) == [DoorSeen(open=True)]
        assert told(*decoder.confirm(receipt(1))) == [Frame(0, Ack(7, 1))]


def test_a_receipt_of_another_ring_or_device_is_answered_with_nothing() -> None:
    decoder = alone()
    assert list(decoder.confirm(receipt(1))) == []
    say(decoder, HELLO, event(1))
    assert list(decoder.confirm(Receipt(NODE, 6, 1))) == []
    assert list(decoder.confirm(Receipt("node-00000102", 7, 1))) == []


def test_a_gap_the_node_cannot_fill_is_counted_and_comes_before_what_follows_it() -> None:
    decoder = alone()
    say(decoder, HELLO, event(1))
    found = say(decoder, event(5, lost=3), event(6, older=1, lost=3))
    assert [(s.seen, s.receipt) for s in found if isinstance(s, Sighting)] == [
        (LostSeen(3), receipt(4)),
        (DoorSeen(open=True), receipt(5)),
        (DoorSeen(open=True), receipt(6)),
    ]


def test_what_was_lost_while_the_house_was_away_is_seen_by_a_decoder_that_knows_nothing() -> None:
    decoder = alone()
    assert LostSeen(16) in seen(*say(decoder, HELLO, event(40, lost=16)))


@dataclass
class ModelNode:
    """A node in a few lines: a ring of eight, a window of four, everything as the wire's page says."""

    last: int = 0
    ring: list[int] = field(default_factory=list)
    lost: int = 0

    def happen(self) -> None:
        self.last += 1
        if len(self.ring) == 8:
            self.ring.pop(0)
            self.lost += 1
        self.ring.append(self.last)

    def speak(self) -> list[Body]:
        return [event(number, older=older, lost=self.lost) for older, number in enumerate(self.ring[:4])]

    def hear(self, frame: Frame) -> None:
        if not isinstance(frame.body, Ack) or frame.body.sequence not in self.ring:
            return
        self.ring = [number for number in self.ring if number > frame.body.sequence]
        self.lost = 0


class ModelHouse:
    """What the journal does: commits in order, tells a repeat by its number, confirms it again."""

    def __init__(self) -> None:
        self.on_disk: dict[int, object] = {}
        self.waiting: list[Sighting] = []

    def commit(self, count: int) -> list[Receipt]:
        done, self.waiting = self.waiting[:count], self.waiting[count:]
        kept = []
        for sighting in done:
            assert sighting.receipt is not None
            if sighting.receipt.sequence > max(self.on_disk, default=0):
                self.on_disk[sighting.receipt.sequence] = sighting.seen
            kept.append(sighting.receipt)
        return kept


@settings(deadline=None)  # how long it takes is the machine's affair
@given(st.randoms(use_true_random=False), st.floats(0.0, 0.6), st.integers(1, 60))
def test_over_a_lossy_line_every_event_is_on_disk_or_known_to_be_lost(
    chance: random.Random, loss: float, rounds: int
) -> None:
    node, house, decoder = ModelNode(), ModelHouse(), alone()
    say(decoder, HELLO)

    def exchange(trouble: float) -> None:
        for body in node.speak():
            if chance.random() >= trouble:
                house.waiting += [item for item in say(decoder, body) if isinstance(item, Sighting)]
        count = len(house.waiting)
        for kept in house.commit(chance.randint(0, count) if trouble else count):
            for frame in told(*decoder.confirm(kept)):
                assert isinstance(frame.body, Ack)
                assert all(covered(number, house.on_disk) for number in range(1, frame.body.sequence + 1))
                if chance.random() >= trouble:
                    node.hear(frame)

    for _ in range(rounds):
        for _ in range(chance.randint(0, 4)):
            node.happen()
        if chance.random() < 0.1:  # the house was started anew
            decoder = alone()
            house.waiting.clear()
            say(decoder, HELLO)
        exchange(loss)
    for _ in range(4):
        exchange(0.0)
    assert node.ring == []
    assert all(covered(number, house.on_disk) for number in range(1, node.last + 1))


def covered(number: int, on_disk: dict[int, object]) -> bool:
    return number in on_disk or any(
        isinstance(seen, LostSeen) and upto - seen.count < number <= upto for upto, seen in on_disk.items()
    )


# ---- orders


def test_orders_become_frames_for_the_node_that_is_meant() -> None:
    decoder = alone()
    say(decoder, HELLO)
    assert told(*decoder.act(Output(NODE, on=True, seconds=2.0004))) == [Frame(0, wire.Output(0, True, 2001))]
    assert told(*decoder.act(Output(NODE, on=False))) == [Frame(0, wire.Output(0, False, 0))]
    assert told(*decoder.act(Identify(NODE, seconds=5))) == [Frame(0, wire.Identify(5000))]
    assert told(*decoder.act(Describe(NODE))) == DESCRIBE
    assert list(decoder.act(Output("node-00000102", on=True))) == []


@given(st.floats())
def test_no_number_of_seconds_raises_and_a_moment_never_becomes_for_ever(seconds: float) -> None:
    decoder = alone()
    say(decoder, HELLO)
    [frame] = told(*decoder.act(Output(NODE, on=True, seconds=seconds)))
    assert isinstance(frame.body, wire.Output)
    assert frame.body.duration_ms > 0 or not seconds > 0


# ---- a shared pair


def test_nodes_on_a_pair_are_polled_in_turn_and_asked_who_they_are() -> None:
    decoder = shared(1, 2)
    assert asked(list(decoder.feed(b""))) == [Frame(1, wire.Describe()), Frame(1, Poll())]
    found = say(decoder, HELLO, Done(), address=1)
    assert asked(found) == [Frame(2, wire.Describe()), Frame(2, Poll())]
    assert asked(list(decoder.feed(b""))) == [Frame(1, Poll())]  # 2 did not answer
    assert asked(say(decoder, Done(), address=1)) == [Frame(2, wire.Describe()), Frame(2, Poll())]


def test_after_the_last_node_the_pair_rests_until_the_next_quiet_moment() -> None:
    decoder = shared(1, 2)
    list(decoder.feed(b""))
    say(decoder, HELLO, Done(), address=1)
    assert asked(say(decoder, Hello(0x102, 3, 3, 1, 64, 2, 1, "x"), Done(), address=2)) == []
    assert asked(list(decoder.feed(b""))) == [Frame(1, Poll())]


def test_a_late_done_of_another_node_does_not_end_the_turn() -> None:
    decoder = shared(1, 2, 3)
    list(decoder.feed(b""))
    list(decoder.feed(b""))  # now it is the turn of 2
    assert asked(say(decoder, Done(), address=1)) == []
    assert asked(say(decoder, Done(), address=2)) == [Frame(3, wire.Describe()), Frame(3, Poll())]


def test_acknowledgements_and_orders_wait_for_the_nodes_poll_while_the_pair_is_in_use() -> None:
    decoder = shared(1, 2)
    list(decoder.feed(b""))
    say(decoder, HELLO, event(1), event(2, older=1), Done(), address=1)  # and now 2 is polled
    assert [list(decoder.confirm(receipt(n))) for n in (1, 2, 2)] == [[], [], []]  # 2 had come twice
    assert list(decoder.act(Output(NODE, on=True, seconds=3))) == [b""]  # taken, though nothing is said now
    assert asked(list(decoder.feed(b""))) == [
        Frame(1, Ack(7, 1)),
        Frame(1, Ack(7, 2)),
        Frame(1, wire.Output(0, True, 3000)),
        Frame(1, Poll()),
    ]


def test_on_a_resting_pair_orders_go_out_at_once() -> None:
    decoder = shared(1)
    list(decoder.feed(b""))
    say(decoder, HELLO, event(1), Done(), address=1)
    assert told(*decoder.confirm(receipt(1))) == [Frame(1, Ack(7, 1))]
    assert told(*decoder.act(Identify(NODE, seconds=1))) == [Frame(1, wire.Identify(1000))]


def test_orders_for_a_node_that_is_never_reached_are_refused_in_the_end() -> None:
    decoder = shared(1, 2)
    list(decoder.feed(b""))
    say(decoder, HELLO, Done(), address=1)
    taken = [list(decoder.act(Output(NODE, on=True, seconds=n))) for n in range(1, 30)]
    assert taken[0] == [b""]
    assert taken[-1] == []


def test_a_cable_that_invents_nodes_without_end_is_garbled_and_known_ones_go_on() -> None:
    decoder = alone()
    for number in range(MOST_NUMBERS - 1):
        say(decoder, replace(HELLO, device=0x1000 + number))
    say(decoder, HELLO)
    found = say(decoder, replace(HELLO, device=0xFFFF), event(1))
    assert [type(each) for each in seen(*found)] == [GarbledSeen]
    assert [item.speaker for item in found if isinstance(item, Sighting)] == [None]
    assert seen(*say(decoder, HELLO, event(1)))[1:] == [DoorSeen(open=True)]


def test_two_nodes_with_one_number_are_told_of_when_both_go_on_saying_it() -> None:
    decoder = shared(1, 2)
    found = [item for turn in (1, 2, 1) for item in seen(*say(decoder, HELLO, address=turn))]
    forged = [item for item in found if isinstance(item, ForgedSeen)]
    assert forged == [ForgedSeen(why="addresses 2 and 1 both say they are it")]


# ---- settings


@pytest.mark.parametrize("addresses", [(0,), (248,), (1, 1), tuple(range(1, 34))])
def test_addresses_that_cannot_be_are_refused(addresses: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        DoorNodeSettings(port="/dev/ttyUSB0", addresses=addresses)
