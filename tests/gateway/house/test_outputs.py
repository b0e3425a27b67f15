"""A barrier that does not obey is an alert at its lane, which ends by itself once it obeys again."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from devices.driver import Action
from devices.inbox import Inbox
from devices.reading import LinkSeen, OutputSeen
from gateway.compound import Device, DeviceKind, Site
from gateway.events.every import ConfigLoaded, HouseOpened, OutputTried, PassShown, Proof
from gateway.findings import Alert, AlertState
from gateway.gatekeeper import Gatekeeper
from gateway.house.items import Item, Made
from gateway.house.keeper import Keeper
from gateway.journal.journal import open_journal
from gateway.kinds import Kind, Severity
from gateway.passes.gate_pass import ALL_GATES
from gateway.state.state import State
from tests.gateway.keeping import IN, START, Kept, make_site, of, seconds

BARRIER = "node-0000000a"  # opens the lane in
FAILED = OutputSeen(on=True, ok=False, why="the board did not do it")


def test_an_output_that_fails_is_an_alert_at_the_lane_it_opens() -> None:
    kept = Kept()
    wrote = kept.hear(BARRIER, FAILED)
    assert of(OutputTried, wrote) == [
        OutputTried(at=kept.now, heard=kept.now, device=BARRIER, on=True, ok=False, why="the board did not do it")
    ]
    alert = kept.alert(Kind.OUTPUT_FAILED)
    assert (alert.place, alert.device, alert.severity) == (IN, BARRIER, Severity.HIGH)
    assert (alert.state, alert.active) == (AlertState.RAISED, True)


def test_it_is_told_once_and_clears_itself_when_the_output_obeys() -> None:
    kept = Kept()
    kept.hear(BARRIER, FAILED)
    assert [kept.hear(BARRIER, FAILED), kept.hear(BARRIER, FAILED)] == [[], []]
    kept.hear(BARRIER, OutputSeen(on=False))
    assert kept.alert(Kind.OUTPUT_FAILED).state is AlertState.CLEARED
    assert len(kept.raised(Kind.OUTPUT_FAILED)) == 1


def test_an_output_that_obeys_costs_the_journal_nothing() -> None:
    kept = Kept()
    assert [kept.hear(BARRIER, OutputSeen(on=on)) for on in (True, False) * 100] == [[]] * 200


def test_after_a_restart_a_failed_output_is_known_to_have_failed() -> None:
    kept = Kept()
    kept.hear(BARRIER, FAILED)
    again = kept.reopened()
    assert again.hear(BARRIER, FAILED) == []
    again.hear(BARRIER, OutputSeen(on=True))
    assert again.alert(Kind.OUTPUT_FAILED).state is AlertState.CLEARED


def test_a_relay_whose_port_is_gone_is_a_failed_output_and_no_cable() -> None:
    site = make_site()
    [palm] = site.street.compounds
    [east, west] = palm.gates
    lane = replace(east.lanes[0], output="relay")
    street = replace(site.street, compounds=(replace(palm, gates=(replace(east, lanes=(lane,)), west)),))
    kept = Kept(Site(street, (*site.devices, Device("relay", DeviceKind.OUTPUT, "relay"))))
    kept.hear("relay", LinkSeen(open=False, why="unplugged"), link="relay")
    kept.pass_time(seconds(9))
    assert kept.raised(Kind.OUTPUT_FAILED) == []
    kept.pass_time(seconds(2))
    assert [(alert.device, alert.place) for alert in kept.raised(Kind.OUTPUT_FAILED)] == [("relay", IN)]
    assert kept.raised(Kind.CABLE_LOST) == []
    kept.hear("relay", LinkSeen(open=True), link="relay")
    assert kept.alert(Kind.OUTPUT_FAILED).state is AlertState.CLEARED


class Cable:
    """In place of a Watch."""

    def __init__(self) -> None:
        self.there = False

    def act(self, action: Action) -> bool:
        return self.there


@pytest.mark.asyncio
async def test_a_barrier_that_cannot_be_reached_when_somebody_is_let_in_is_an_alert(tmp_path: Path) -> None:
    cable, alerts = Cable(), []

    def shown(cti: str) -> Made:
        passed = PassShown(
            at=START,
            heard=START,
            device="camera",
            lane=IN,
            proof=Proof.GENUINE,
            cti=cti,
            subject="5afe000000000002",
            holder="visitor",
            compound="palm",
            gates=ALL_GATES,
            once=True,
            trust_version=1,
        )
        return Made(passed)

    async with open_journal(tmp_path / "journal.db") as journal:
        keeper = Keeper(
            Gatekeeper(State()), journal, Inbox[Item](10), lambda: START, {"cable": cable}, snapshot_every=1000
        )
        changed = asyncio.Event()

        def heard(entry: object, body: object) -> None:
            if isinstance(body, Alert):
                alerts.append((body.kind, body.state, body.place))
                changed.set()

        keeper.listen(heard)
        keeper.make(Made(HouseOpened(at=START, heard=START, version="1", epoch="e", clock_trusted=True)))
        keeper.make(Made(ConfigLoaded(at=START, heard=START, fingerprint="f", site=make_site())))
        async with asyncio.timeout(60):
            keeper.make(shown("c0ffee0000000001"))
            await changed.wait()
            assert alerts == [(Kind.OUTPUT_FAILED, AlertState.RAISED, IN)]
            changed.clear()
            cable.there = True
            keeper.make(shown("c0ffee0000000002"))
            await changed.wait()
    assert alerts[1:] == [(Kind.OUTPUT_FAILED, AlertState.CLEARED, IN)]
