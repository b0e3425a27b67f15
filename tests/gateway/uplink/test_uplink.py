"""The road to the centre over a real mosquitto; the far end is played by hand: slow, wrong, silent."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.mqtt import Extras, Message, Mqtt, broker_at
from devices.reading import BandSeen, CodeSeen, Reading
from gateway.config.plan import load_config
from gateway.entries import Stream
from gateway.house.house import House, open_house
from gateway.house.road import OldCopy
from gateway.journal.deletion import Gap, Shed, strip
from gateway.journal.file import JournalFile
from gateway.journal.schema import transaction
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.keys import public_bytes, public_pem
from gateway.passes.trust import IssuingKey, TrustList
from gateway.passes.trust_list import write_trust
from gateway.sd_notify import SystemdNotifier
from gateway.uplink.uplink import AHEAD
from tests.mosquitto import Mosquitto

GW = "palm-1"
HERE = f"menshen/v1/{GW}/"
SOON = 60.0
SUBJECT = "5afe000000000001"
FLAT = "palm/3-1-101"


class FarEnd:
    """Hears all that the gateway says, and says what the test wants said."""

    def __init__(self, mqtt: Mqtt) -> None:
        self.mqtt = mqtt
        self.heard: list[Message] = []

    async def listen(self) -> None:
        async for message in self.mqtt.messages():
            self.heard.append(message)

    def on(self, leaf: str) -> list[dict[str, Any]]:
        return [json.loads(m.payload) for m in self.heard if m.topic == HERE + leaf and m.payload]

    def numbers(self, leaf: str, epoch: str | None = None) -> list[int]:
        return [m["number"] for m in self.on(leaf) if epoch in (None, m["epoch"])]

    async def say(
        self, leaf: str, body: bytes | dict[str, Any], *, retain: bool = False, correlation: str = ""
    ) -> None:
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        extras = Extras(correlation=correlation.encode() or None)
        await self.mqtt.send(HERE + leaf, payload, retain=retain, extras=extras)

    async def ack(self, house: House, stream: str, upto: int, **changes: Any) -> None:
        await self.say("ack", {"stream": stream, "epoch": house.outbox.epoch, "upto": upto, **changes})

    async def order(self, name: str, body: bytes | dict[str, Any]) -> dict[str, Any]:
        """Its result. Said again until there is one, as the contract asks: the gateway may not be there yet."""
        before = len(self.on(f"order/{name}/result"))
        async with asyncio.timeout(SOON):
            while len(self.on(f"order/{name}/result")) == before:
                await self.say(f"order/{name}", body, correlation=f"c-{name}")
                with contextlib.suppress(TimeoutError):
                    await until(lambda: len(self.on(f"order/{name}/result")) > before, 5.0)
        newest = [m for m in self.heard if m.topic == f"{HERE}order/{name}/result"][-1]
        assert newest.extras.correlation == f"c-{name}".encode()
        return self.on(f"order/{name}/result")[-1]


async def until(condition: Callable[[], object], patience: float = SOON) -> None:
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110 - what is looked at has no event of its own
            await asyncio.sleep(0.01)


ROOT, KEY = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


def trust(version: int, root: Ed25519PrivateKey = ROOT) -> bytes:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    key = IssuingKey(public_bytes(KEY), frozenset(Holder), {1: "palm"}, 1, start, start + timedelta(days=900))
    return write_trust(TrustList(version, start, start + timedelta(days=900), (key,)), root)


class Place:
    """A broker and a gateway's folder."""

    def __init__(self, folder: Path, *, confirm: str = "centre") -> None:
        self.broker = Mosquitto(folder / "broker", persistent=True)
        (folder / "root.pem").write_bytes(public_pem(public_bytes(ROOT)))
        self.config = folder / "menshen.toml"
        self.config.write_text(
            f"""
            gateway = {{ id = "{GW}", data = "{folder}/data" }}
            street = {{ id = "nanyuan", name = "南苑" }}
            passes = {{ roots = ["{folder}/root.pem"] }}
            limits = {{ repeat_seconds = 0, lane_link_seconds = 3600 }}
            [uplink]
            confirm = "{confirm}"
            reports = ["decisions", "stays"]
            broker = {{ port = {self.broker.port}, client_id = "{GW}", retry_floor_seconds = 0.05,
                retry_ceiling_seconds = 0.2 }}
            [[compounds]]
            id = "palm"
            name = "棕榈苑"
            gates = [{{ id = "south", name = "南门", number = 1, lanes = [
                {{ id = "in", name = "进", direction = "in" }}] }}]
            buildings = [{{ id = "3", name = "3号楼", floors = 2, flats_per_floor = 2 }}]
            [[links]]
            name = "scanner"
            driver = "serial_scanner"
            lane = "palm/south/in"
            settings = {{ port = "{folder}/no-such-port" }}
            """.replace("\n                retry", " retry").replace("lanes = [\n                ", "lanes = ["),
            "utf-8",
        )

    @asynccontextmanager
    async def house(self) -> AsyncIterator[House]:
        """If the house ends by itself, so does the block, with what the house ended with."""
        stop = asyncio.Event()
        async with open_house(load_config(self.config)) as house, asyncio.TaskGroup() as tasks:
            tasks.create_task(house.stand(stop, SystemdNotifier(None), None))
            try:
                await until(lambda: house.shown.opened_at is not None)
                yield house
            finally:
                stop.set()

    @asynccontextmanager
    async def far_end(self, name: str = "far-end") -> AsyncIterator[FarEnd]:
        async with Mqtt(broker_at(self.broker.url, name), subscribe=[f"{HERE}#"]) as mqtt:
            far = FarEnd(mqtt)
            listening = asyncio.create_task(far.listen())
            await mqtt.connected()
            try:
                yield far
            finally:
                listening.cancel()
                await asyncio.wait([listening])


@asynccontextmanager
async def place(folder: Path, *, started: bool = True, **how: str) -> AsyncIterator[Place]:
    here = Place(folder, **how)
    if started:
        here.broker.start()
    try:
        yield here
    finally:
        here.broker.stop()


async def alerts(house: House, count: int, first: int = 0) -> None:
    """So many different bands call for help: one message each."""
    for number in range(first, first + count):
        now = house.clock.now()
        await house.inbox.put(Reading(now, now, "scanner", f"band-{number}", BandSeen(rssi=-50, sos=True)))


async def reports(house: House, count: int) -> None:
    """So many codes that cannot be checked: one decision each."""
    for _ in range(count):
        now = house.clock.now()
        await house.inbox.put(Reading(now, now, "scanner", "scanner", CodeSeen("MS1:X")))


@pytest.mark.asyncio
async def test_alerts_go_before_reports_that_waited_longer(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far:
        here.broker.stop()
        async with here.house() as house:
            await reports(house, 400)
            await alerts(house, 5)
            await until(lambda: house.outbox.last(Stream.ALERT) == 5 and house.outbox.last(Stream.REPORT) == 400)
            here.broker.start()
            await until(lambda: len(set(far.numbers("report"))) == 400)
        told = [m.topic.removeprefix(HERE) for m in far.heard if m.topic in (HERE + "alert", HERE + "report")]
        assert told[:5] == ["alert"] * 5
        assert far.numbers("alert")[:5] == [1, 2, 3, 4, 5]


@pytest.mark.asyncio
async def test_only_the_centres_word_moves_the_bookmark(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far, here.house() as house:
        await alerts(house, 10)
        await until(lambda: len(far.on("alert")) == 10)
        assert house.outbox.bookmark(Stream.ALERT) == 0
        await far.ack(house, "alert", 6)
        await until(lambda: house.outbox.bookmark(Stream.ALERT) == 6)
        await far.ack(house, "alert", 3)
        await far.ack(house, "alert", 9, epoch="of another journal")
        await far.say("ack", {"stream": "alert", "epoch": house.outbox.epoch, "ids": [10, 8]})
        for rubbish in (b"", b"{", b"\xff", b"[" * 50_000, b'{"stream":"x","epoch":"e","upto":1}', b'{"upto":1e99}'):
            await far.say("ack", rubbish)
        await far.say("ack", {"stream": "alert", "epoch": house.outbox.epoch, "ids": [7]})
        await until(lambda: house.outbox.bookmark(Stream.ALERT) == 8)
        await far.ack(house, "alert", 10)
        await until(lambda: house.outbox.bookmark(Stream.ALERT) == 10)
        assert house.outbox.backlog(Stream.ALERT) == 0


@pytest.mark.asyncio
async def test_bookmarks_outlive_a_restart_and_what_was_not_confirmed_is_sent_again(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far:
        async with here.house() as house:
            await alerts(house, 10)
            await until(lambda: len(far.on("alert")) == 10)
            await far.ack(house, "alert", 6)
            await until(lambda: house.outbox.bookmark(Stream.ALERT) == 6)
        far.heard.clear()
        async with here.house() as house:
            await until(lambda: len(far.on("alert")) >= 4)
            assert far.numbers("alert") == [7, 8, 9, 10]
            await far.ack(house, "alert", 10)
            await until(lambda: house.outbox.backlog(Stream.ALERT) == 0)


@pytest.mark.asyncio
async def test_after_a_silence_it_is_sent_again_and_not_before(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far, here.house() as house:
        await alerts(house, 1)
        await until(lambda: len(far.on("alert")) == 1)
        await far.ack(house, "alert", 1)
        await until(lambda: house.outbox.backlog(Stream.ALERT) == 0)
        await asyncio.sleep(5.5)  # a quiet time longer than its patience
        loop = asyncio.get_running_loop()
        sent_at = loop.time()
        await alerts(house, 2, first=1)
        await until(lambda: len(far.on("alert")) >= 5)
        assert far.numbers("alert") == [1, 2, 3, 2, 3]
        assert loop.time() - sent_at > 4.5


@pytest.mark.asyncio
async def test_a_centre_that_knows_more_makes_it_begin_a_new_epoch(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far:
        epochs: list[str] = []
        async with here.house():
            pass  # its epoch is not of this start any more

        async def until_it_ends() -> None:
            async with here.house() as house:
                epochs.append(house.outbox.epoch)
                await alerts(house, 4)
                await until(lambda: len(far.on("alert")) == 4)
                await far.ack(house, "alert", 1)
                await until(lambda: house.outbox.bookmark(Stream.ALERT) == 1)
                await far.ack(house, "alert", 99)
                await asyncio.sleep(SOON)  # cut short: `house` ends with the house

        with pytest.raises(ExceptionGroup) as caught:
            await until_it_ends()
        assert caught.value.subgroup(OldCopy) is not None
        async with here.house() as house:
            new = house.outbox.epoch
            assert new not in epochs
            await alerts(house, 1, first=50)
            await until(lambda: len(far.numbers("alert", new)) == 4)
            assert far.numbers("alert", new) == [1, 2, 3, 4]  # the three that were not confirmed, and the fresh one
            told = [m for m in far.on("alert") if m["epoch"] == new]
            assert [m["device"] for m in told] == ["band-1", "band-2", "band-3", "band-50"]
            await far.ack(house, "alert", 4)
            await until(lambda: house.outbox.backlog(Stream.ALERT) == 0)


@pytest.mark.asyncio
async def test_a_centre_that_lies_about_an_epoch_that_has_just_begun_ends_nothing(tmp_path: Path) -> None:
    """Whoever may publish its acknowledgements ended the house with one, and again at each start."""
    async with place(tmp_path) as here, here.far_end() as far, here.house() as house:
        for _ in range(3):
            await far.ack(house, "alert", 10**30)
        await alerts(house, 2)
        await until(lambda: len(far.on("alert")) == 2)
        await far.ack(house, "alert", 2)
        await until(lambda: house.outbox.backlog(Stream.ALERT) == 0)


@pytest.mark.asyncio
async def test_where_nobody_acknowledges_the_brokers_word_must_do(tmp_path: Path) -> None:
    async with place(tmp_path, confirm="broker") as here, here.house() as house:
        await alerts(house, 20)
        await reports(house, 20)
        await until(lambda: house.outbox.last(Stream.REPORT) == 20)
        await until(lambda: all(house.outbox.backlog(stream) == 0 for stream in Stream))
        assert house.status().confirm == "broker"


@pytest.mark.asyncio
async def test_a_tombstone_beyond_a_gap_longer_than_what_may_be_ahead(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far:
        here.broker.stop()
        async with here.house() as house:
            count = AHEAD + 400
            await reports(house, count)
            await until(lambda: house.outbox.last(Stream.REPORT) == count)

            def shed(file: JournalFile) -> None:
                rows = file.db.execute(
                    "select number from record where stream = 'report' and stream_number between 3 and ?", (count - 1,)
                )
                numbers = [number for (number,) in rows]
                with transaction(file.db):
                    strip(file.db, numbers)

            await house.journal._chore(shed)
        here.broker.start()  # and nothing of it stands in memory any more
        async with here.house() as house:
            await until(lambda: any(m["type"] == "menshen.tombstone" for m in far.on("report")))
            (grave,) = {(m["first"], m["last"]) for m in far.on("report") if m["type"] == "menshen.tombstone"}
            assert grave == (3, count - 1)
            assert sorted(set(far.numbers("report"))) == [1, 2, count, count + 1]
            await far.ack(house, "report", count + 1)
            await until(lambda: house.outbox.backlog(Stream.REPORT) == 0)


@pytest.mark.asyncio
async def test_a_full_disk_is_told_and_its_gap_buried(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far, here.house() as house:
        await reports(house, 5)
        await until(lambda: len(far.on("report")) == 5)
        house.undertaker.shed(Shed(bodies=2, gaps=(Gap(Stream.REPORT, 3, 4),)))
        await until(lambda: any(m["type"] == "menshen.tombstone" for m in far.on("report")))
        await until(lambda: any(m["kind"] == "journal_full" for m in far.on("alert")))
        grave = far.on("report")[-1]
        assert (grave["number"], grave["first"], grave["last"]) == (6, 3, 4)


BEGIN = {
    "order": "begin_quarantine",
    "by": "officer 7",
    "flat": FLAT,
    "subject": SUBJECT,
    "ground": "order 7",
    "first_day": str(datetime.now(UTC).date()),
    "last_day": str(datetime.now(UTC).date() + timedelta(days=7)),
}
NOW = datetime.now(UTC)
WINDOW = {"order": "open_window", "flat": FLAT, "opens": str(NOW), "closes": str(NOW + timedelta(hours=1))}
ARRIVAL = {
    "order": "expect_arrival",
    "flat": "palm/3-1-102",
    "subject": "5afe000000000009",
    "ground": "order 7",
    "days": 14,
    "arrive_by": (NOW + timedelta(hours=2)).isoformat(),
}
REFUSED: list[tuple[bytes | dict[str, Any], str]] = [
    (b"", "unreadable"),
    (b"{", "unreadable"),
    (b'{"order":"\xff"}', "unreadable"),
    (b'{"x":' + b"[" * 10_000, "unreadable"),
    (b"[1,2]", "unreadable"),
    (b"x" * 20_000, "too long"),
    ({"order": "open_the_gate"}, "unknown order 'open_the_gate'"),
    ({"order": "acknowledge", "alert": "e/1"}, "no such open alert"),
    ({"order": "close", "alert": "e/1", "closing": "real"}, "no such open alert"),
    ({"order": "begin_quarantine", "flat": FLAT}, "a quarantine needs first_day and last_day"),
    ({**BEGIN, "flat": "palm/9"}, "unknown flat"),
    ({**BEGIN, "subject": "王静"}, "a subject is 16 hex digits"),
    ({**BEGIN, "first_day": "9999-12-31", "last_day": "9999-12-31"}, "the first day is more than 366 days away"),
    ({"order": "end_quarantine", "quarantine": "q"}, "unknown quarantine"),
    ({"order": "open_window", "flat": FLAT}, "a service window needs opens and closes"),
    ({**WINDOW, "opens": "2026-01-01T00:00:00"}, "a service window needs hours with a time zone"),
    ({**WINDOW, "opens": "9999-12-31T00:00:00Z", "closes": "9999-12-31T23:59:59Z"}, "longer than 7 days"),
    ({"order": "send_since"}, "send_since needs stream and number"),
    ({"order": "send_since", "stream": "alert", "number": 10**30}, "nothing confirmed from there on"),
    ({**BEGIN, "expires_at": "2020-01-01T00:00:00Z"}, "expired"),
    ({"order": "choose_profile", "profile": "siege"}, "unknown profile"),
    ({"order": "withdraw_person", "subject": "Anna"}, "a subject is 16 hex digits"),
    ({**ARRIVAL, "arrive_by": "2099-01-01T00:00:00"}, "arrive_by needs a time zone"),
    ({**ARRIVAL, "days": None}, "an arrival needs days and arrive_by"),
    ({**BEGIN, "expires_at": "2099-01-01T00:00:00"}, "expires_at needs a time zone"),
]  # fmt: skip


@pytest.mark.asyncio
async def test_orders_that_make_no_sense_are_refused_and_hurt_nobody(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far, here.house() as house:
        for number, (body, why) in enumerate(REFUSED):
            result = await far.order(f"o{number}", body)
            assert result["done"] is False
            assert result["why"].startswith(why), (body, result)
        for name in ("bad id", "a" * 65, "ü", "x*y"):
            await far.say(f"order/{name}", BEGIN)
        assert (await far.order("last", BEGIN))["done"] is True
        assert list(house.shown.quarantines) == ["last"]


@pytest.mark.asyncio
async def test_a_retained_order_is_of_long_ago_and_not_followed(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far:
        await far.say("order/old", BEGIN, retain=True)
        async with here.house() as house:
            assert (await far.order("new", {**BEGIN, "flat": "palm/3-1-102"}))["done"] is True
            assert list(house.shown.quarantines) == ["new"]
            assert far.on("order/old/result") == []


@pytest.mark.asyncio
async def test_each_kind_of_order_is_done_once(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far, here.house() as house:
        await alerts(house, 2)
        await until(lambda: len(far.on("alert")) == 2)
        await far.ack(house, "alert", 2)
        first, second = (m["alert"] for m in far.on("alert")[:2])
        opens, closes = NOW.isoformat(), (NOW + timedelta(hours=1)).isoformat()
        orders: dict[str, dict[str, Any]] = {
            "q1": BEGIN,
            "w1": {"order": "open_window", "flat": FLAT, "opens": opens, "closes": closes, "purpose": "food"},
            "a1": {"order": "acknowledge", "alert": first, "by": "officer 7", "comment": "going"},
            "c1": {"order": "close", "alert": second, "closing": "drill"},
            "p1": {"order": "withdraw_pass", "cti": "c0ffee0000000001", "reason": "lost"},
            "p2": {"order": "withdraw_person", "subject": "5afe000000000007", "reason": "moved away"},
            "x1": {"order": "choose_profile", "profile": "lockdown"},
            "h1": {**ARRIVAL, "subject": "5afe000000000008"},
            "e1": {"order": "end_quarantine", "quarantine": "q1", "reason": "set right"},
            "e2": {"order": "end_quarantine", "quarantine": "h1", "reason": "another street"},
        }
        for name, body in orders.items():
            once, last = await far.order(name, body), house.journal.last
            assert once == {"gw": GW, "order": name, "done": True, "why": ""}
            assert await far.order(name, body) == once
            assert house.journal.last == last
        await until(lambda: house.outbox.bookmark(Stream.ALERT) == 2)
        assert (await far.order("s1", {"order": "send_since", "stream": "alert", "number": 2}))["done"] is True
        await until(lambda: far.numbers("alert").count(2) == 2)
        assert far.numbers("alert").count(1) == 1
        states = {(m["alert"], m["state"]) for m in far.on("alert")}
        assert {(first, "acknowledged"), (second, "closed")} <= states


@pytest.mark.asyncio
async def test_trust_lists_only_ever_get_newer(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far:
        async with here.house() as house:
            await far.say("trust", b"\xff" * 50, retain=True)
            await far.say("trust", trust(9, Ed25519PrivateKey.generate()), retain=True)
            await far.say("trust", trust(5), retain=True)
            await until(lambda: house.status().trust_version == 5)
            await far.say("trust", trust(4), retain=True)
            assert (await far.order("q1", BEGIN))["done"]  # what was said before it has been read
            assert house.status().trust_version == 5
            await far.say("trust", trust(6), retain=True)
            await until(lambda: house.keeper.gatekeeper.state.trust_version == 6)
        # somebody puts an older one in its place while the house is closed
        file = tmp_path / "data" / "trust" / "trust.cose"
        assert file.read_bytes() == trust(6)
        file.write_bytes(trust(5))
        await far.say("trust", trust(4), retain=True)
        async with here.house() as house:
            assert (await far.order("q2", {**BEGIN, "flat": "palm/3-1-102", "subject": "5afe00000000000f"}))["done"]
            assert house.status().trust_version == 0  # none at all: cannot check, which refuses nobody
            await far.say("trust", trust(6), retain=True)
            await until(lambda: house.status().trust_version == 6)


@pytest.mark.asyncio
async def test_birth_open_alerts_and_farewell_are_retained(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        async with here.house() as house:
            await alerts(house, 3)
            async with here.far_end() as far:
                await until(lambda: far.on("open") and len(far.on("open")[-1]["alerts"]) == 3)
                birth = far.on("state")[-1]
                assert (birth["state"], birth["epoch"]) == ("online", house.outbox.epoch)
                alert = far.on("open")[-1]["alerts"][0]
                assert (await far.order("c1", {"order": "close", "alert": alert["alert"], "closing": "test"}))["done"]
                await until(lambda: len(far.on("open")[-1]["alerts"]) == 2)
        async with here.far_end("later") as later:
            await until(lambda: later.on("state") and later.on("open"))
            assert [m["state"] for m in later.on("state")] == ["stopped"]
            assert len(later.on("open")[-1]["alerts"]) == 2
            assert all(m.retain for m in later.heard if m.topic.endswith(("/state", "/open")))


@pytest.mark.asyncio
async def test_messages_know_no_code_and_no_name(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far, here.house() as house:
        now = house.clock.now()
        secret = "https://example.org/health?id=310101199003071234"
        await house.inbox.put(Reading(now, now, "scanner", "scanner", CodeSeen(secret)))
        await alerts(house, 1)
        await until(lambda: far.on("report") and far.on("alert") and far.on("open"))
        for message in far.heard:
            assert b"310101199003071234" not in message.payload
            assert b"example.org" not in message.payload
