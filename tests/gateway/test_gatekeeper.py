"""Numbers without a hole, sources told once, timers in order, and no configuration that makes it fall over."""

from collections import Counter
from datetime import timedelta

from devices.reading import AliveSeen, CodeSeen, DoorSeen, HelloSeen, Reading, Receipt
from gateway.compound import Site, Street
from gateway.entries import Batch, Confirm, EntryClass, Stream
from gateway.events.every import ClockSet, HourStruck, HouseOpened, TemperatureTaken
from gateway.findings import Alert, Decision, StayEnded, Tombstone
from gateway.gatekeeper import Gatekeeper
from gateway.kinds import Kind
from gateway.state.state import DECISIONS_KEPT, NODES_KEPT, RINGS_KEPT, State, freeze, thaw
from tests.gateway.keeping import (
    ANNA,
    BAND,
    BO,
    DOOR,
    FLAT,
    IN,
    OTHER_DOOR,
    OUT,
    START,
    Kept,
    make_site,
    of,
    seconds,
)


def a_day(kept: Kept) -> None:
    """Something of everything."""
    kept.quarantine(band=BAND)
    kept.hear(DOOR, DoorSeen(open=True), receipt=Receipt(DOOR, 1, 1))
    for celsius in (38.0, 38.5, 38.2):
        kept.consider(TemperatureTaken(at=kept.now, heard=kept.now, device=BAND, celsius=celsius))
    kept.show(OUT, subject=ANNA)
    kept.show(IN)
    kept.pass_time(timedelta(days=20), timedelta(hours=5))


def test_numbers_are_dense_and_each_stream_has_its_own() -> None:
    kept = Kept(reports=("decisions", "stays"))
    a_day(kept)
    kept.gatekeeper.tombstone(Tombstone(at=kept.now, stream="report", first=1, last=1, why="disk full"))
    all_entries = [entry for batch in kept.batches for entry in batch.entries]
    assert [entry.number for entry in all_entries] == list(range(1, len(all_entries) + 1))
    for stream in Stream:
        numbers = [entry.stream_number for entry in all_entries if entry.stream is stream]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 2
    for entry in all_entries:
        assert (entry.stream is None) is (entry.stream_number is None)


def test_least_data_only_alerts_go_to_the_centre_unless_it_asked_for_more() -> None:
    kept = Kept()
    a_day(kept)
    sent = Counter(
        type(body).__name__
        for batch in kept.batches
        for entry, body in zip(batch.entries, batch.bodies, strict=True)
        if entry.stream
    )
    assert set(sent) == {"Alert"}


def test_an_input_comes_before_what_was_concluded_from_it() -> None:
    kept = Kept()
    kept.quarantine()
    batch = kept.gatekeeper.receive(Reading(kept.now, kept.now, "cable", DOOR, DoorSeen(open=True)))
    assert [entry.entry_class for entry in batch.entries] == [EntryClass.INPUT, EntryClass.FINDING]
    assert [entry.kind for entry in batch.entries] == ["DoorMoved", "Alert"]


def receive(kept: Kept, device: str, ring: int, sequence: int, *, is_open: bool = True) -> Batch:
    seen = DoorSeen(open=is_open)
    return kept.gatekeeper.receive(Reading(kept.now, kept.now, "cable", device, seen, Receipt(device, ring, sequence)))


def test_a_repeat_is_confirmed_again_and_nothing_else() -> None:
    kept = Kept()
    first = receive(kept, DOOR, 7, 1)
    again = receive(kept, DOOR, 7, 1)
    assert len(first.entries) == 1
    assert again.entries == ()
    assert again.effects == (Confirm(link="cable", receipt=Receipt(DOOR, 7, 1)),)


def test_each_ring_of_each_node_counts_for_itself() -> None:
    kept = Kept()
    for device, ring, sequence in [(DOOR, 9, 5), (DOOR, 3, 5), (OTHER_DOOR, 9, 5), (DOOR, 9, 6)]:
        assert len(receive(kept, device, ring, sequence).entries) == 1
    for device, ring, sequence in [(DOOR, 9, 5), (DOOR, 3, 5), (DOOR, 9, 4), (OTHER_DOOR, 9, 5)]:
        assert receive(kept, device, ring, sequence).entries == ()


def test_a_new_ring_with_a_low_number_is_remembered_however_many_there_were() -> None:
    """Ring epochs are random. Forgetting the present one would write its next repeat twice, and the journal forbids."""
    kept = Kept()
    for ring in range(10_000, 10_000 - 3 * RINGS_KEPT, -1):
        assert len(receive(kept, DOOR, ring, 1).entries) == 1
        assert receive(kept, DOOR, ring, 1).entries == ()
    assert len(kept.state.sources[DOOR]) == RINGS_KEPT


def test_nodes_without_end_are_not_remembered_without_end() -> None:
    kept = Kept()
    receive(kept, DOOR, 7, 1)
    for number in range(NODES_KEPT + 10):
        receive(kept, f"node-{number:08x}", 1, 1)
        if number % 1000 == 0:
            receive(kept, DOOR, 7, 2 + number)
    assert len(kept.state.sources) == NODES_KEPT
    assert receive(kept, DOOR, 7, 2).entries == ()


def test_a_ring_in_use_is_not_the_oldest() -> None:
    kept = Kept()
    receive(kept, DOOR, 1, 1)
    for ring in range(2, 2 * RINGS_KEPT):
        receive(kept, DOOR, ring, 1)
        receive(kept, DOOR, 1, ring)
    assert receive(kept, DOOR, 1, 3).entries == ()


def test_what_means_nothing_here_is_still_on_record_and_confirmed() -> None:
    kept = Kept()
    batch = receive(kept, "node-99999999", 1, 1)
    assert [(entry.kind, entry.source) for entry in batch.entries] == [("HourStruck", "node-99999999/1/1")]
    assert list(batch.effects) == [Confirm(link="cable", receipt=Receipt("node-99999999", 1, 1))]
    assert receive(kept, "node-99999999", 1, 1).entries == ()


def test_a_device_with_slashes_in_its_name() -> None:
    kept = Kept()
    assert len(receive(kept, "zigbee/a/b", 1, 1).entries) == 1
    assert receive(kept, "zigbee/a/b", 1, 1).entries == ()


def test_timers_fall_due_in_their_order_and_are_dated_by_it() -> None:
    kept = Kept()
    kept.quarantine(band=BAND)
    kept.quarantine(subject=BO, flat="palm/b1-1-102", days=1)
    kept.hear(DOOR, DoorSeen(open=True))
    kept.now += seconds(30)
    kept.hear(OTHER_DOOR, DoorSeen(open=True))
    bodies = kept.pass_time(timedelta(days=1))
    assert len(of(HourStruck, bodies)) == 1
    left = [a for a in of(Alert, bodies) if a.kind is Kind.QUARANTINE_DOOR_LEFT_OPEN]
    assert [a.raised_at for a in left if a.revision == 1] == [START + seconds(120), START + seconds(150)]
    assert len(of(StayEnded, bodies)) == 1


def test_an_hour_in_which_nothing_falls_due_is_not_written() -> None:
    kept = Kept(site=Site(Street("s", "s", ()), ()))
    for _ in range(1000):
        assert kept.pass_time(seconds(10)) == []
    kept = Kept()
    kept.quarantine()
    kept.hear(DOOR, DoorSeen(open=True))
    kept.hear(DOOR, DoorSeen(open=False))
    assert of(HourStruck, kept.pass_time(seconds(30), seconds(1))) == []
    assert of(HourStruck, kept.pass_time(seconds(130), seconds(1))) == []


def test_due_is_never_in_the_past_after_a_tick() -> None:
    kept = Kept()
    a_day(kept)
    for _ in range(200):
        kept.pass_time(seconds(97))
        due = kept.gatekeeper.due()
        assert due is None or due > kept.now


def test_a_step_of_the_clock_keeps_durations() -> None:
    for step in (timedelta(hours=8), timedelta(hours=-8)):
        kept = Kept()
        kept.quarantine()
        kept.hear(DOOR, DoorSeen(open=True))
        kept.pass_time(seconds(60))
        kept.set_clock(step)
        kept.pass_time(seconds(59), seconds(1))
        assert kept.raised(Kind.QUARANTINE_DOOR_LEFT_OPEN) == []
        kept.pass_time(seconds(1))
        assert len(kept.raised(Kind.QUARANTINE_DOOR_LEFT_OPEN)) == 1


def test_what_fell_due_while_the_house_was_closed_is_numbered_in_its_new_epoch() -> None:
    kept = Kept()
    kept.quarantine()
    kept.hear(DOOR, DoorSeen(open=True))
    gatekeeper = Gatekeeper(thaw(freeze(kept.state)))
    later = kept.now + timedelta(hours=24)
    opened = HouseOpened(
        at=later, heard=later, version="1", epoch="e2", clock_trusted=True, streams={"alert": 0, "report": 0}
    )
    batch = gatekeeper.consider(opened)
    pairs = zip(batch.entries, batch.bodies, strict=True)
    sent = [(entry.stream_number, body) for entry, body in pairs if isinstance(body, Alert)]
    assert [number for number, _ in sent] == list(range(1, len(sent) + 1))
    raised = [body for _, body in sent if body.revision == 1]
    assert {body.id.partition("/")[0] for body in raised} == {"e2"}
    assert [body.escalated for _, body in sent if body not in raised] == [1]  # once, however long it was closed
    assert [body.raised_at for body in raised] == [START + seconds(120)]


def test_alerts_timers_and_open_doors_that_refer_to_what_is_gone_do_no_harm() -> None:
    kept = Kept()
    a_day(kept)
    kept.quarantine(subject=BO, flat="palm/b1-1-102", band="band-2")
    kept.hear(OTHER_DOOR, DoorSeen(open=True), receipt=Receipt(OTHER_DOOR, 1, 1))
    kept.show(IN, subject=BO)
    nothing = Site(Street("s", "s", ()), ())
    for site in (make_site(flats=1), nothing, make_site(), nothing):
        kept.load(site)
        kept.hear(OTHER_DOOR, DoorSeen(open=False))
        kept.hear(OTHER_DOOR, DoorSeen(open=True))
        kept.hear("camera", CodeSeen("MS1:X"))
        kept.hear("node-77777777", HelloSeen("1", 1))
        kept.hear(BAND, AliveSeen(battery_percent=3))
        kept.set_clock(timedelta(hours=3))
        kept.pass_time(timedelta(days=30), timedelta(hours=9))
        again = kept.reopened()
        again.pass_time(timedelta(days=1), timedelta(hours=9))
    assert kept.state.quarantines == {}


def test_a_lane_gone_while_its_pass_was_on_the_way() -> None:
    kept = Kept()
    kept.load(Site(Street("s", "s", ()), ()))
    assert kept.hear("camera", CodeSeen("MS1:X")) == []


def test_a_state_is_bytes_and_back() -> None:
    kept = Kept(reports=("decisions",))
    a_day(kept)
    data = freeze(kept.state)
    assert freeze(thaw(data)) == data
    assert freeze(State()) == freeze(thaw(freeze(State())))


def test_a_new_trust_or_clock_does_not_make_news_of_old_doors() -> None:
    kept = Kept()
    kept.quarantine()
    kept.hear(DOOR, DoorSeen(open=True))
    kept.consider(ClockSet(at=kept.now, heard=kept.now, seconds=0.0, clock_trusted=True))
    kept.hear(DOOR, AliveSeen(open=True))
    assert len(kept.raised(Kind.QUARANTINE_DOOR_OPENED)) == 1
    assert kept.state.open_doors == {FLAT: START}


def test_the_last_decisions_and_their_numbers_go_together() -> None:
    kept = Kept()
    for _ in range(DECISIONS_KEPT + 10):
        kept.show(IN)
    numbered = {
        entry.number: body
        for batch in kept.batches
        for entry, body in zip(batch.entries, batch.bodies, strict=True)
        if isinstance(body, Decision)
    }
    newest = dict(list(numbered.items())[-DECISIONS_KEPT:])
    assert dict(zip(kept.state.decision_numbers, kept.state.decisions, strict=True)) == newest
