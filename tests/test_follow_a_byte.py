"""Follow one byte from a door, and one code from a hand, to the operations centre. Start reading here.

The first two tests take each step of the data path by itself, with nothing that waits. The third runs the whole house:
a pseudo-terminal for the cable, a real journal, a real mosquitto, the centre's own book.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from devices.door_node import DRIVER, DoorNodeDecoder, DoorNodeSettings
from devices.driver import NoKeys
from devices.mqtt import broker_at
from devices.reading import CodeSeen, DoorSeen, Reading, Sighting
from firmware_bridges import wire
from gateway.bodies import read_body
from gateway.centre.app import CentreConfig
from gateway.centre.app import run as run_centre
from gateway.centre.book import Book, Line
from gateway.config.plan import load_config
from gateway.entries import Act, Batch, Confirm, Stream
from gateway.events.every import ConfigLoaded, HouseOpened
from gateway.findings import Alert, AlertState, Decision, Reason, Verdict
from gateway.house.house import open_house
from gateway.journal.journal import open_journal
from gateway.kinds import Kind
from gateway.messages.every import AlertMessage, encode
from gateway.messages.telling import numbered
from gateway.orders.every import QuarantineBegun
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.trust import IssuingKey, Trust, TrustList
from gateway.passes.trust_list import read_trust, write_trust
from gateway.sd_notify import SystemdNotifier
from tests.devices.serial_ports import far_end
from tests.house_toml import house_toml
from tests.mosquitto import Mosquitto
from tests.small_site import DOOR, HOME, NOON, SUBJECT, WAY_IN, WAY_OUT, opened, quarantine

RING = 7
HELLO = wire.Frame(
    wire.SPEAK_FREELY,
    wire.Hello(device=0x101, ring=RING, boot=RING, cause=1, ring_size=48, inputs=2, outputs=1, firmware="door-1"),
)
OPENED = wire.Frame(
    wire.SPEAK_FREELY, wire.Event(ring=RING, sequence=1, age_ms=0, lost=0, value=1, kind=wire.Kind.DOOR, older=0)
)
ASKED = wire.write(wire.Frame(wire.SPEAK_FREELY, wire.Describe()))


async def on_disk(path: Path, *batches: Batch) -> list[bytes | None]:
    """The journal keeps a batch, then says so; the bodies it has then."""
    async with open_journal(path) as journal:
        kept = asyncio.Event()
        for batch in batches:
            journal.submit(batch, lambda done: kept.set())
        await kept.wait()
        return [record.body for record in await journal.since(0, 100)]


@pytest.mark.asyncio
async def test_a_door_that_opens_reaches_the_centre_as_an_alert(tmp_path: Path) -> None:
    # 1 a reed switch opens: the node's firmware writes a frame (the same bytes as the C code, see wire_vectors.txt)
    # 2 bytes arrive, in pieces as a cable gives them
    arrived = wire.write(HELLO) + wire.write(OPENED)
    # 3 decode: no clock, no socket
    decoder = DoorNodeDecoder(DoorNodeSettings(port="/dev/null"), NoKeys())
    said = [item for byte in arrived for item in decoder.feed(bytes([byte]))]
    [seen] = [item for item in said if isinstance(item, Sighting) and isinstance(item.seen, DoorSeen)]
    assert seen.speaker == DOOR
    assert seen.receipt is not None
    # 4 stamp
    at = NOON + timedelta(seconds=10)
    reading = Reading(at=at, heard=at, link="rs485-a", device=DOOR, seen=seen.seen, receipt=seen.receipt)
    # 5 condense, 6 give it a place, 7 judge
    gatekeeper = opened()
    gatekeeper.order(quarantine())
    batch = gatekeeper.receive(reading)
    assert [entry.kind for entry in batch.entries] == ["DoorMoved", "Alert"]
    # 8 remember
    first = [*opened_batches(), batch]
    bodies = await on_disk(tmp_path / "journal.db", *first)
    assert bodies[-1] is not None
    alert = read_body(bodies[-1])
    assert isinstance(alert, Alert)
    assert (alert.kind, alert.place, alert.raised_at) == (Kind.QUARANTINE_DOOR_OPENED, HOME, at)
    # 9 act: only now is the node told that its word is kept, and it forgets it
    assert list(batch.effects) == [Confirm(link="rs485-a", receipt=seen.receipt)]
    [acknowledgement] = decoder.confirm(seen.receipt)
    assert wire.Splitter().feed(acknowledgement) == [wire.Frame(0, wire.Ack(ring=RING, sequence=1))]
    # 10 tell
    message = numbered(
        alert,
        gw="palm-1",
        stream="alert",
        epoch="e0",
        number=1,
        heard=at,
        places=gatekeeper.places,
        late=False,
    )
    assert isinstance(message, AlertMessage)
    assert (message.kind, message.severity_level, message.place_path) == (
        Kind.QUARANTINE_DOOR_OPENED,
        3,
        "棕榈苑 / 3号楼 / 1单元 / 502",
    )
    assert msgspec.json.decode(encode(message))["type"] == "menshen.alert"


def opened_batches() -> Iterator[Batch]:
    """What stands in the journal of the small site before the door opens."""
    gatekeeper = opened()
    written: list[Batch] = []
    fresh = type(gatekeeper)(type(gatekeeper.state)())
    site = gatekeeper.state.site
    written.append(fresh.consider(HouseOpened(at=NOON, heard=NOON, version="test", epoch="e0", clock_trusted=True)))
    written.append(fresh.consider(ConfigLoaded(at=NOON, heard=NOON, fingerprint="f", site=site)))
    written.append(fresh.order(quarantine())[0])
    yield from written


@dataclass(frozen=True)
class Office:
    """Who issues passes, and what gates believe of it."""

    key: Ed25519PrivateKey
    trust: Trust


@pytest.fixture(scope="module")
def office() -> Office:
    root, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    listed = TrustList(
        version=3,
        issued_at=start,
        next_update=end,
        keys=(
            IssuingKey(
                public=public_bytes(key),
                kinds=frozenset(Holder),
                compounds={1: "palm"},
                epoch=1,
                not_before=start,
                not_after=end,
            ),
        ),
    )
    trust = read_trust(write_trust(listed, root), [public_bytes(root)], None)
    assert isinstance(trust, Trust)
    return Office(key, trust)


def shown(office: Office, lane_device: str, second: int) -> Reading:
    claims = Claims(
        cti=bytes(range(8)),
        subject=bytes.fromhex(SUBJECT),
        compound_number=1,
        kind=Holder.RESIDENT,
        gates=ALL_GATES,
        not_before=datetime(2026, 3, 1, tzinfo=UTC),
        not_after=datetime(2026, 9, 1, tzinfo=UTC),
        once=False,
    )
    text = issue(claims, office.key, kid_of(public_bytes(office.key)))
    at = NOON + timedelta(seconds=second)
    return Reading(at=at, heard=at, link=lane_device, device=lane_device, seen=CodeSeen(text))


def test_a_code_in_a_hand_opens_the_lane_after_the_commit_and_its_text_is_nowhere(office: Office) -> None:
    gatekeeper = opened()
    gatekeeper.trust = office.trust
    reading = shown(office, "scanner-in", 1)
    batch = gatekeeper.receive(reading)
    assert [entry.kind for entry in batch.entries] == ["PassShown", "Decision"]
    decision = batch.bodies[1]
    assert isinstance(decision, Decision)
    assert (decision.lane, decision.verdict, decision.reason) == (WAY_IN, Verdict.ADMIT, Reason.ADMITTED)
    [effect] = batch.effects  # for the house to do once the batch is on disk
    assert isinstance(effect, Act)
    assert effect.action.device == "node-00000201"
    assert isinstance(reading.seen, CodeSeen)
    assert not any(reading.seen.text.encode() in entry.body for entry in batch.entries)


def test_a_quarantined_person_going_out_is_referred_and_is_a_critical_alert(office: Office) -> None:
    gatekeeper = opened()
    gatekeeper.trust = office.trust
    gatekeeper.order(quarantine())
    batch = gatekeeper.receive(shown(office, "scanner-out", 1))
    decision, alert = batch.bodies[1:]
    assert isinstance(decision, Decision)
    assert isinstance(alert, Alert)
    assert (decision.lane, decision.verdict) == (WAY_OUT, Verdict.REFER)
    assert (alert.kind, alert.severity, alert.state) == (Kind.QUARANTINED_PERSON_LEFT, "critical", AlertState.RAISED)


def starting_today(now: datetime) -> QuarantineBegun:
    return replace(quarantine(), at=now, first_day=now.date(), last_day=now.date() + timedelta(days=13))


PLUGGED_IN = """
[[links]]
name = "cable-a"
driver = "door_node"
settings = {{ port = "{port}" }}
[[devices]]
id = "node-00000101"
kind = "door"
link = "cable-a"
place = "palm/3-1-502"
[uplink.broker]
port = {broker}
client_id = "palm-1"
"""


@pytest.mark.asyncio
async def test_the_whole_house_brings_a_real_frame_to_the_centres_book(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    book = tmp_path / "centre" / "book.sqlite"
    stop_house, stop_centre, arrived = asyncio.Event(), asyncio.Event(), asyncio.Event()
    try:
        with far_end() as node:
            plugged_in = PLUGGED_IN.format(port=node.port, broker=broker.port)
            plan = load_config(house_toml(tmp_path, plugged_in, flats=("502", "503")))
            assert plan.links[0].driver is DRIVER
            centre = CentreConfig(book=book, broker=broker_at(broker.url, "centre"))
            async with open_house(plan) as house, asyncio.TaskGroup() as tasks, asyncio.timeout(60):
                tasks.create_task(house.stand(stop_house, SystemdNotifier(None), None))
                tasks.create_task(run_centre(centre, stop_centre, on_fresh=lambda letter: arrived.set()))
                result = await house.order(starting_today(house.clock.now()))
                assert result.done, result.why
                async with house.committed() as entries:
                    await asyncio.to_thread(node.hear, len(ASKED))  # "who are you?"; the port is open now
                    node.say(b"\x00" + wire.write(HELLO) + wire.write(OPENED))
                    async for committed in entries:
                        if isinstance(committed.body, Alert):
                            break
                await arrived.wait()
                acknowledged = wire.write(wire.Frame(0, wire.Ack(ring=RING, sequence=1)))
                heard = b""
                while not heard.endswith(acknowledged):
                    heard += await asyncio.to_thread(node.hear, 1)
                while house.outbox.backlog(Stream.ALERT):  # noqa: ASYNC110 - an acknowledgement rings no bell
                    await asyncio.sleep(0.01)
                stop_house.set()
                stop_centre.set()
            with Book(book) as kept:
                assert kept.upto(Line("palm-1", "alert", house.journal.epoch.name)) == 1
                assert kept.faults() == []
    finally:
        broker.stop()
