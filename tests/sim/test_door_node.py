"""The model of a door node: it keeps to the wire's rules, and loses nothing whatever the cable does."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.door_node import DoorNodeDecoder, DoorNodeSettings
from devices.driver import Describe, NoKeys, Output, Reply
from devices.reading import DoorSeen, LostSeen, Receipt, Sighting
from firmware_bridges import wire
from firmware_bridges.wire import Ack, Beat, Body, Done, Event, Frame, Hello, Poll, Splitter, write
from sim.door_node import RING_SIZE, DoorNode, Happened


def bodies(said: bytes) -> list[Body]:
    """What it said; noise fails the test."""
    found = Splitter().feed(said)
    assert all(isinstance(frame, Frame) for frame in found)
    return [frame.body for frame in found if isinstance(frame, Frame)]


def tell(node: DoorNode, *said: Body, now_ms: int = 0, address: int | None = None) -> None:
    to = node.address if address is None else address
    node.hear(b"".join(write(Frame(to, body)) for body in said), now_ms)


def node_after_start(address: int = 0) -> DoorNode:
    """A node whose HELLO and first settled state have been said and acknowledged, 100 ms after its start."""
    node = DoorNode(0x101, address=address, boot=7)
    tell(node, *([Poll()] if address else []))
    node.speak(50)
    tell(node, Ack(7, 2), now_ms=60)
    assert node.held == ()
    return node


def events(said: bytes) -> list[tuple[int, int, int, int]]:
    return [(e.sequence, e.kind, e.value, e.older) for e in bodies(said) if isinstance(e, Event)]


def test_it_says_who_it_is_and_the_first_settled_state_of_its_contacts() -> None:
    node = DoorNode(0x101, boot=7)
    assert bodies(node.speak(19)) == [Hello(0x101, 7, 7, 1, 64, 2, 1, "door-node 1.0")]
    assert events(node.speak(20)) == [(1, 1, 0, 0), (2, 2, 0, 1)]


def test_a_contact_counts_once_it_has_rested() -> None:
    node = node_after_start()
    node.door(True, 100)
    node.door(False, 105)
    node.door(True, 110)
    assert events(node.speak(129)) == []
    assert events(node.speak(130)) == [(3, 1, 1, 0)]


def test_a_bounce_that_comes_back_is_no_event() -> None:
    node = node_after_start()
    node.door(True, 100)
    node.door(False, 110)
    assert events(node.speak(400)) == []


def test_an_event_is_said_again_until_it_is_acknowledged_and_grows_older() -> None:
    node = node_after_start()
    node.door(True, 100)
    node.speak(120)
    assert events(node.speak(619)) == []
    [again] = [body for body in bodies(node.speak(620)) if isinstance(body, Event)]
    assert (again.sequence, again.age_ms) == (3, 500)
    tell(node, Ack(6, 3), Ack(7, 9), now_ms=630)  # of another ring, of a number it never gave
    assert [each.sequence for each in node.held] == [3]
    tell(node, Ack(7, 3), now_ms=640)
    assert node.held == ()
    assert node.acknowledged[-1] == Happened(7, 3, 1, 1, 120)


def test_four_are_on_the_way_and_an_acknowledgement_lets_the_next_go() -> None:
    node = node_after_start()
    for number in range(6):
        node.door(number % 2 == 0, 100 * number + 100)
        node._tick(100 * number + 150)
    assert [sequence for sequence, *_ in events(node.speak(700))] == [3, 4, 5, 6]
    tell(node, Ack(7, 4), now_ms=710)
    assert [sequence for sequence, *_ in events(node.speak(720))] == [7, 8]


def test_a_full_ring_forgets_its_oldest_and_says_how_many() -> None:
    node = node_after_start()
    for number in range(RING_SIZE + 5):
        node.door(number % 2 == 0, 100 * number + 100)
        node._tick(100 * number + 150)
    first = next(body for body in bodies(node.speak(9000)) if isinstance(body, Event))
    assert (first.sequence, first.lost, first.older) == (8, 5, 0)
    assert node.dropped == 5


def test_it_beats_once_a_second_with_the_state_of_everything() -> None:
    node = node_after_start()
    node.door(True, 100)
    node.speak(120)
    [beat] = [body for body in bodies(node.speak(1000)) if isinstance(body, Beat)]
    assert (beat.last, beat.pending, beat.inputs, beat.outputs) == (3, 1, 1, 0)
    assert [body for body in bodies(node.speak(1500)) if isinstance(body, Beat)] == []


def test_its_relay_lets_go_by_itself_and_both_are_shown() -> None:
    node = node_after_start()
    tell(node, wire.Output(0, True, 300), now_ms=100)
    assert [body.outputs for body in bodies(node.speak(100)) if isinstance(body, Beat)] == [1]
    assert node.due_ms() == 400
    assert [body.outputs for body in bodies(node.speak(400)) if isinstance(body, Beat)] == [0]
    assert [(each.on, each.duration_ms) for each in node.switched] == [(True, 300)]


def test_on_a_shared_pair_it_speaks_when_polled_and_only_then() -> None:
    node = node_after_start(address=5)
    node.door(True, 100)
    assert node.speak(200) == b""
    tell(node, Poll(), now_ms=210, address=6)
    assert node.speak(211) == b""
    tell(node, Poll(), now_ms=220)
    said = bodies(node.speak(221))
    assert isinstance(said[-1], Done)
    assert [body.sequence for body in said if isinstance(body, Event)] == [3]


def test_the_ring_outlives_the_watchdog_and_it_says_hello_again() -> None:
    node = node_after_start()
    node.door(True, 100)
    node.speak(120)
    node.reset(200)
    said = bodies(node.speak(200))
    assert said[0] == Hello(0x101, 7, 8, 8, 64, 2, 1, "door-node 1.0")
    assert [body.sequence for body in said if isinstance(body, Event)] == [3]


@given(st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=60), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_whatever_the_cable_loses_every_event_arrives_once_and_in_order(
    moves: list[tuple[int, bool]], seed: int
) -> None:
    """Bytes are lost in both directions and cut anyhow; the house confirms what it was given, sometimes late."""
    dice = random.Random(seed)
    node, house = DoorNode(0x101, boot=7), DoorNodeDecoder(DoorNodeSettings(port="none"), NoKeys())
    arrived: dict[Receipt, object] = {}
    now = 0

    def lossy(data: bytes, losing: bool) -> bytes:
        return bytes(byte for byte in data if not (losing and dice.random() < 0.02))

    def step(losing: bool) -> None:
        nonlocal now
        now += dice.randrange(5, 300)
        said = lossy(node.speak(now), losing)
        cut = dice.randrange(len(said) + 1)
        answers = b""
        for chunk in (said[:cut], said[cut:]) if said else (b"",):
            for found in house.feed(chunk):
                if isinstance(found, Reply):
                    answers += found.data
                elif isinstance(found, Sighting) and found.receipt is not None:
                    arrived.setdefault(found.receipt, found.seen)
                    answers += b"".join(house.confirm(found.receipt))
        node.hear(lossy(answers, losing), now)

    for pause, is_open in moves:
        now += pause
        node.door(is_open, now)
        step(losing=True)
    for _ in range(40):
        step(losing=False)
    assert node.held == ()
    doors = [(r.sequence, seen) for r, seen in arrived.items() if isinstance(seen, DoorSeen)]
    lost = sum(seen.count for seen in arrived.values() if isinstance(seen, LostSeen))
    assert lost == node.dropped
    happened = [each for each in node.happened if each.kind == 1 and Receipt(node.name, 7, each.sequence) in arrived]
    assert doors == [(each.sequence, DoorSeen(open=each.value == 1)) for each in happened]
    assert len(node.acknowledged) == len(node.happened) - node.dropped


@given(st.binary(max_size=200))
def test_noise_moves_nothing(noise: bytes) -> None:
    node = node_after_start()
    node.hear(noise + b"\0", 100)
    assert (node.held, node.switched, node.identified) == ((), [], 0)


def test_the_houses_own_words_reach_it() -> None:
    node, house = DoorNode(0x101, boot=7), DoorNodeDecoder(DoorNodeSettings(port="none"), NoKeys())
    list(house.feed(node.speak(50)))
    node.hear(b"".join(house.act(Output(device=node.name, on=True, seconds=1.0))), 100)
    node.hear(b"".join(house.act(Describe(device=node.name))), 100)
    assert [each.duration_ms for each in node.switched] == [1000]
    assert isinstance(bodies(node.speak(101))[0], Hello)
