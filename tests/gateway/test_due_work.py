"""What falls due together is done in slices: each is short, none is forgotten, and the same is concluded."""

from collections import Counter
from datetime import timedelta

import pytest

from devices.reading import AliveSeen, DoorSeen
from gateway.bodies import read_body
from gateway.compound import Device, DeviceKind
from gateway.entries import EntryClass
from gateway.events.every import DeviceSilent, HourStruck
from gateway.findings import Alert, StayEnded
from gateway.gatekeeper import Gatekeeper
from gateway.kinds import Kind
from gateway.state.state import State, freeze
from tests.gateway.keeping import Kept, make_site, of, seconds

FLATS = 9
STAYS = 120


def street() -> Kept:
    kept = Kept(make_site(flats=FLATS))
    for number in range(STAYS):
        kept.quarantine(f"{number:016x}", f"palm/b1-1-10{number % FLATS + 1}", days=2)
    kept.batches.clear()
    return kept


def concluded(kept: Kept) -> Counter[tuple[str, ...]]:
    alerts = [(a.kind, a.key, str(a.raised_at)) for a in of(Alert, kept.wrote()) if a.revision == 1]
    return Counter([*alerts, *(("ended", each.quarantine, str(each.at)) for each in of(StayEnded, kept.wrote()))])


@pytest.mark.parametrize("at_once", [1, 7, 64])
def test_stays_that_end_at_one_midnight_end_in_slices_as_they_would_at_once(at_once: int) -> None:
    whole, sliced = street(), street()
    whole.pass_time(timedelta(days=2))
    sliced.pass_time(timedelta(days=2), at_once=at_once)
    assert concluded(sliced) == concluded(whole)
    assert sum(name == "ended" for name, *_ in concluded(whole).elements()) == STAYS
    assert sliced.state.quarantines == {} == whole.state.quarantines
    assert len(sliced.batches) >= STAYS // at_once
    for batch in sliced.batches:
        assert len(of(StayEnded, batch.bodies)) <= at_once
        assert sum(isinstance(body, HourStruck) for body in batch.bodies) <= 1


def test_a_replay_of_the_slices_comes_to_the_same() -> None:
    kept = Kept(make_site(flats=FLATS))
    for number in range(STAYS):
        kept.quarantine(f"{number:016x}", f"palm/b1-1-10{number % FLATS + 1}", days=2)
    kept.pass_time(timedelta(days=2), at_once=7)
    entries = [entry for batch in kept.batches for entry in batch.entries]
    again = Gatekeeper(State())
    inputs = [(entry, read_body(entry.body)) for entry in entries if entry.entry_class is EntryClass.INPUT]
    found = [(entry.number, entry.body) for entry in again.replay(inputs)]
    again.state.number = kept.state.number
    assert found == [(e.number, e.body) for e in entries if e.entry_class is EntryClass.FINDING]
    assert freeze(again.state) == freeze(kept.state)


def test_what_comes_between_two_slices_finds_all_done_that_was_due_before_it() -> None:
    """The house judges nothing before the slices are through; who asks the gatekeeper all the same gets no less."""
    kept = street()
    kept.now += timedelta(days=2)
    while len(kept.state.quarantines) == STAYS:
        kept.gatekeeper.tick(kept.now, 7)
    assert 0 < len(kept.state.quarantines) < STAYS
    door = kept.hear("node-00000001", DoorSeen(open=True))
    assert len(of(StayEnded, door)) >= STAYS - 7
    opened = {Kind.QUARANTINE_DOOR_OPENED, Kind.QUARANTINE_DOOR_LEFT_OPEN}
    assert not opened & {alert.kind for alert in of(Alert, door)}  # everybody of that flat is free since midnight


def test_doors_that_fall_silent_together_are_told_in_slices() -> None:
    site = make_site(flats=FLATS)
    many = tuple(
        Device(f"door-{n}", DeviceKind.DOOR, "cable", f"palm/b1-1-10{n % FLATS + 1}", "") for n in range(STAYS)
    )
    site = type(site)(site.street, (*site.devices[:4], *many))
    whole, sliced = Kept(site), Kept(site)
    for kept in (whole, sliced):
        for n in range(STAYS):
            kept.hear(f"door-{n}", AliveSeen(open=False))
        kept.batches.clear()
    whole.pass_time(seconds(3600))
    sliced.pass_time(seconds(3600), at_once=10)
    silent = [(each.device, each.at) for each in of(DeviceSilent, whole.wrote())]
    assert [(each.device, each.at) for each in of(DeviceSilent, sliced.wrote())] == silent
    assert len(silent) >= STAYS
    assert concluded(sliced) == concluded(whole)
    assert max(len(of(DeviceSilent, batch.bodies)) for batch in sliced.batches) <= 10
