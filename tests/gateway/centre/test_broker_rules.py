"""The broker set-up we hand out: each gateway speaks and hears for itself alone."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.mqtt import Broker, Mqtt, accepted
from tests.mosquitto import Mosquitto, mosquitto

SET_UP = Path(__file__).resolve().parents[3] / "systemd" / "mosquitto"
USERS = ("gw-1", "gw-2", "centre", "watch")
PATIENCE = 60.0
NOT_AUTHORIZED = 0x87


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """The example as it is handed out, with its paths and its port put into this folder."""
    tmp_path.chmod(0o755)
    passwords, rules = tmp_path / "menshen.passwd", tmp_path / "menshen.acl"
    passwords.touch()
    for user in USERS:
        subprocess.run(["mosquitto_passwd", "-b", passwords, user, f"{user}-secret"], check=True, capture_output=True)
        (tmp_path / user).write_text(f"{user}-secret\n")
    passwords.chmod(0o644)
    rules.write_text((SET_UP / "menshen.acl").read_text())
    lines = (SET_UP / "menshen.conf").read_text().replace("/etc/mosquitto", str(tmp_path)).splitlines()
    # the helper writes the listener and these two itself, and mosquitto takes a line once
    ours = ("listener", "allow_anonymous", "set_tcp_nodelay")
    extra = "\n".join(line for line in lines if not line.startswith(ours))
    with mosquitto(tmp_path / "broker", extra, anonymous=False, persistent=True) as running:
        yield running


def link(broker: Mosquitto, folder: Path, user: str, *subscribe: str, client_id: str = "") -> Mqtt:
    told = {"port": broker.port, "client_id": client_id or user, "username": user, "password_file": folder / user}
    return Mqtt(Broker.model_validate(told), subscribe=subscribe)


@pytest.mark.asyncio
async def test_a_gateway_may_say_what_is_its_own_and_nothing_else(broker: Mosquitto, tmp_path: Path) -> None:
    own = ["alert", "report", "open", "state", "health", "order/o-1/result"]
    async with asyncio.timeout(PATIENCE), link(broker, tmp_path, "gw-1") as gw:
        await gw.connected()
        for leaf in own:
            assert accepted(await gw.send(f"menshen/v1/gw-1/{leaf}", b"{}")), leaf
            assert await gw.send(f"menshen/v1/gw-2/{leaf}", b"{}") == NOT_AUTHORIZED, leaf
        for leaf in ("ack", "trust", "order/o-1"):
            assert await gw.send(f"menshen/v1/gw-1/{leaf}", b"{}") == NOT_AUTHORIZED, leaf


@pytest.mark.asyncio
async def test_a_gateway_hears_its_own_acknowledgements_and_orders_and_nobody_elses(
    broker: Mosquitto, tmp_path: Path
) -> None:
    filters = ("menshen/v1/+/ack", "menshen/v1/+/order/+", "menshen/v1/+/alert", "menshen/v1/gw-1/trust")
    async with (
        asyncio.timeout(PATIENCE),
        link(broker, tmp_path, "gw-1", *filters) as gw,
        link(broker, tmp_path, "gw-2") as other,
        link(broker, tmp_path, "centre") as centre,
    ):
        await gw.connected()
        await other.send("menshen/v1/gw-2/alert", b"{}")
        for gw_id in ("gw-2", "gw-1"):
            for leaf in ("ack", "order/o-1", "trust"):
                assert accepted(await centre.send(f"menshen/v1/{gw_id}/{leaf}", b"{}"))
        heard: list[str] = []
        while len(heard) < 3:
            heard += [message.topic for message in await gw.take()]
        assert heard == ["menshen/v1/gw-1/ack", "menshen/v1/gw-1/order/o-1", "menshen/v1/gw-1/trust"]


@pytest.mark.asyncio
async def test_who_only_watches_gives_no_orders_and_a_stranger_is_turned_away(
    broker: Mosquitto, tmp_path: Path
) -> None:
    (tmp_path / "stranger").write_text("guess")
    async with asyncio.timeout(PATIENCE), link(broker, tmp_path, "watch") as watch:
        assert await watch.send("menshen/v1/gw-1/order/o-1", b"{}") == NOT_AUTHORIZED
        assert await watch.send("menshen/v1/gw-1/ack", b"{}") == NOT_AUTHORIZED
    async with asyncio.timeout(PATIENCE), link(broker, tmp_path, "stranger") as stranger:
        while "Not authorized" not in stranger.reason:  # noqa: ASYNC110 - a look now and then, with no event to wait for
            await asyncio.sleep(0.02)
