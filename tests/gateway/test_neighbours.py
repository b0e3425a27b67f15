"""Two gateways of one compound over a real broker: told, cut off from each other, and met again."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.mqtt import Mqtt, broker_at
from gateway.config.plan import load_config
from gateway.findings import Decision, Reason, Verdict
from gateway.house.house import House, open_house
from gateway.kinds import Kind
from gateway.passes import rotating
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES, Pass
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.issue import issue, issue_for_phone
from gateway.passes.keys import kid_of, public_bytes, public_pem
from gateway.passes.phone_page import phone_pass
from gateway.passes.phone_secret import write_secret
from gateway.passes.trust import Trust
from gateway.passes.trust_list import read_trust
from gateway.passes.verify import verify
from gateway.sd_notify import SystemdNotifier
from tests.gateway.uplink.test_uplink import KEY, ROOT, trust, until
from tests.mosquitto import Mosquitto, mosquitto

SECRET = b"\x07" * 32
TRUST = read_trust(trust(1), [public_bytes(ROOT)], None)


def configured(folder: Path, name: str, broker: Mosquitto) -> Path:
    folder.mkdir()
    (folder / "root.pem").write_bytes(public_pem(public_bytes(ROOT)))
    (folder / "trust.cose").write_bytes(trust(1))
    (folder / "neighbours.key").write_text("0f" * 32)
    (folder / "neighbours.key").chmod(0o600)
    (folder / "phone.key").write_text(write_secret(1, SECRET))
    (folder / "phone.key").chmod(0o600)
    config = folder / "menshen.toml"
    config.write_text(
        f"""
        gateway = {{ id = "{name}", data = "{folder}/data" }}
        street = {{ id = "nanyuan", name = "南苑" }}
        passes.roots = ["{folder}/root.pem"]
        passes.trust = "{folder}/trust.cose"
        passes.phone_secrets = ["{folder}/phone.key"]
        limits = {{ repeat_seconds = 0 }}
        [[compounds]]
        id = "palm"
        name = "棕榈苑"
        gates = [{{ id = "{name}", name = "门", number = 1, lanes = [{{ id = "in", name = "进", direction = "in" }}] }}]
        [[links]]
        name = "neighbours"
        driver = "neighbour"
        [links.settings]
        gateway = "{name}"
        compound = "palm"
        again_seconds = 0.2
        key_file = "{folder}/neighbours.key"
        [links.settings.broker]
        port = {broker.port}
        client_id = "{name}-local"
        retry_floor_seconds = 0.05
        retry_ceiling_seconds = 0.2
        """,
        "utf-8",
    )
    return config


@asynccontextmanager
async def standing(config: Path) -> AsyncIterator[House]:
    stop = asyncio.Event()
    async with open_house(load_config(config)) as house, asyncio.TaskGroup() as tasks:
        tasks.create_task(house.stand(stop, SystemdNotifier(None), None))
        try:
            await until(lambda: house.shown.opened_at is not None)
            yield house
        finally:
            stop.set()


def phone_of_a_resident() -> tuple[Callable[[], str], str]:
    """What the phone shows at this moment, and the pass's id."""
    now = datetime.now(UTC).replace(microsecond=0)
    cti = secrets.token_bytes(8)
    claims = Claims(
        cti=cti,
        subject=secrets.token_bytes(8),
        compound_number=1,
        kind=Holder.RESIDENT,
        gates=ALL_GATES,
        not_before=now - timedelta(hours=1),
        not_after=now + timedelta(hours=1),
        once=False,
    )
    on_phone = phone_pass(issue_for_phone(claims, KEY, kid_of(public_bytes(KEY))))
    assert on_phone is not None
    blob = on_phone.blob
    return lambda: rotating.show(blob, rotating.pass_key(SECRET, cti), 1, datetime.now(UTC)), cti.hex()


def spent_by_a_forger(text: str) -> dict[str, str]:
    assert isinstance(TRUST, Trust)
    found = verify(text, TRUST)
    assert isinstance(found, Pass)
    now = datetime.now(UTC)
    return {"cti": found.cti, "at": now.isoformat(), "until": (now + timedelta(days=1)).isoformat(), "lane": "x"}


def visitor() -> str:
    now = datetime.now(UTC).replace(microsecond=0)
    claims = Claims(
        cti=secrets.token_bytes(8),
        subject=None,
        compound_number=1,
        kind=Holder.VISITOR,
        gates=ALL_GATES,
        not_before=now - timedelta(hours=1),
        not_after=now + timedelta(hours=1),
        once=True,
    )
    return issue(claims, KEY, kid_of(public_bytes(KEY)))


async def show(house: House, text: str) -> Decision:
    (lane,) = house.shown.places.lanes
    found = await house.show_code(lane, text)
    assert found is not None
    return found


def knows(house: House, cti: str) -> bool:
    return cti in house.keeper.gatekeeper.state.spent


def linked(house: House) -> bool:
    return house.watches["neighbours"].open


def used_twice(house: House) -> list[str]:
    return [alert.key for alert in house.shown.alerts.values() if alert.kind is Kind.PASS_USED_TWICE]


@pytest.mark.asyncio
async def test_a_one_time_pass_is_good_once_for_both_gates_and_once_a_gate_while_they_are_cut_off(
    tmp_path: Path,
) -> None:
    with mosquitto(tmp_path / "broker") as broker:
        east_config, west_config = (configured(tmp_path / name, name, broker) for name in ("east", "west"))
        async with standing(east_config) as east, standing(west_config) as west:
            await until(lambda: linked(east) and linked(west))
            together = visitor()
            first = await show(east, together)
            assert first.verdict is Verdict.ADMIT
            await until(lambda: knows(west, first.cti))
            assert (await show(west, together)).reason is Reason.SPENT

            broker.stop()
            await until(lambda: not linked(east) and not linked(west))
            apart, at_east, at_west = visitor(), visitor(), visitor()
            used = await show(east, apart)
            assert used.verdict is Verdict.ADMIT
            assert (await show(east, apart)).reason is Reason.SPENT
            assert (await show(west, apart)).verdict is Verdict.ADMIT
            assert (await show(west, apart)).reason is Reason.SPENT
            only_east, only_west = await show(east, at_east), await show(west, at_west)
            assert used_twice(east) == used_twice(west) == []

            broker.start()
            await until(lambda: used_twice(east) == used_twice(west) == [used.cti])
            await until(lambda: knows(west, only_east.cti) and knows(east, only_west.cti))
            assert (await show(west, at_east)).reason is Reason.SPENT
            assert (await show(east, at_west)).reason is Reason.SPENT


@pytest.mark.asyncio
async def test_a_gateway_that_was_closed_hears_of_it_when_it_opens(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker") as broker:
        east_config, west_config = (configured(tmp_path / name, name, broker) for name in ("east", "west"))
        code = visitor()
        async with standing(east_config) as east:
            await until(lambda: linked(east))
            used = await show(east, code)
        async with standing(east_config), standing(west_config) as west:
            await until(lambda: knows(west, used.cti))
            assert (await show(west, code)).reason is Reason.SPENT


@pytest.mark.asyncio
async def test_a_phones_code_shown_at_one_gate_is_used_at_the_other_and_a_forger_is_not_believed(
    tmp_path: Path,
) -> None:
    with mosquitto(tmp_path / "broker") as broker:
        east_config, west_config = (configured(tmp_path / name, name, broker) for name in ("east", "west"))
        async with standing(east_config) as east, standing(west_config) as west:
            await until(lambda: linked(east) and linked(west))
            on_phone, cti = phone_of_a_resident()
            code = on_phone()
            first = await show(east, code)
            assert first.verdict is Verdict.ADMIT
            await until(lambda: cti in west.keeper.gatekeeper.state.used_codes)
            found = await show(west, code)
            assert found.reason in (Reason.CODE_USED, Reason.CODE_OLD), "old where this machine took 40 s"
            assert found.verdict is Verdict.REFUSE

            other = visitor()
            spent = json.dumps({"gw": "forger", "spent": [spent_by_a_forger(other)]})
            async with Mqtt(broker_at(broker.url, "forger")) as forger:
                await forger.send("menshen/local/palm/spent", spent.encode())
                await until(lambda: any(a.kind is Kind.NEIGHBOUR_FORGED for a in west.shown.alerts.values()))
            assert (await show(west, other)).verdict is Verdict.ADMIT
