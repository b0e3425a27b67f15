"""The MQTT link over TLS: certificates on both ends, and what is said when they are wrong."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.mqtt import Broker, Mqtt
from tests.certificates import issue
from tests.mosquitto import Mosquitto, mosquitto

PATIENCE = 60.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    tmp_path.chmod(0o755)
    issue(tmp_path, "ca")
    for name in ("server", "gw-1"):
        issue(tmp_path, name, "ca")
    issue(tmp_path, "another-ca")
    (tmp_path / "acl").write_text("pattern readwrite menshen/v1/%u/#\n")
    extra = (
        f"cafile {tmp_path}/ca.crt\ncertfile {tmp_path}/server.crt\nkeyfile {tmp_path}/server.key\n"
        f"require_certificate true\nuse_identity_as_username true\nacl_file {tmp_path}/acl\n"
        "max_inflight_messages 200\nmax_queued_messages 10000"
    )
    with mosquitto(tmp_path / "broker", extra, anonymous=False) as running:
        yield running


def settings(broker: Mosquitto, folder: Path, **more: object) -> Broker:
    told: dict[str, object] = {
        "port": broker.port,
        "client_id": "gw",
        "ca_file": folder / "ca.crt",
        "cert_file": folder / "gw-1.crt",
        "key_file": folder / "gw-1.key",
        "retry_floor_seconds": 0.05,
        "retry_ceiling_seconds": 0.2,
    }
    return Broker.model_validate({key: value for key, value in {**told, **more}.items() if value is not None})


@pytest.mark.asyncio
async def test_a_burst_goes_both_ways_and_the_certificate_is_the_name(broker: Mosquitto, tmp_path: Path) -> None:
    told = settings(broker, tmp_path)
    async with asyncio.timeout(PATIENCE), Mqtt(told, subscribe=["menshen/v1/gw-1/alert"]) as mqtt:
        await mqtt.connected()
        assert await mqtt.send("menshen/v1/gw-2/alert", b"x") == 0x87  # not authorized: we are gw-1
        heard: list[bytes] = []

        async def listen() -> None:
            while len(heard) < 1000:
                for message in await mqtt.take():
                    heard.append(message.payload)
                    mqtt.ack(message)

        listening = asyncio.create_task(listen())
        sent = [b"%d " % number + b"x" * 2000 for number in range(1000)]
        for body in sent:
            await mqtt.room()
            mqtt.publish("menshen/v1/gw-1/alert", body)
        await listening
        assert heard == sent


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"ca_file": "another-ca.crt"}, "certificate verify failed"),
        ({"cert_file": None, "key_file": None}, ""),  # how a broker says it differs between TLS 1.2 and 1.3
        ({"host": "localhost"}, "certificate"),  # the broker's certificate is for 127.0.0.1 alone
    ],
)
async def test_a_wrong_certificate_is_a_reason_in_words(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture, wrong: dict[str, str | None], reason: str
) -> None:
    changed = {key: tmp_path / value if value and key.endswith("_file") else value for key, value in wrong.items()}
    told = settings(broker, tmp_path, **changed)
    caplog.set_level(logging.WARNING)
    async with asyncio.timeout(PATIENCE), Mqtt(told) as mqtt:
        while "trying again" not in caplog.text:  # noqa: ASYNC110 - a look now and then, with no event to wait for
            await asyncio.sleep(0.02)
        assert mqtt.session is None
        assert reason in mqtt.reason
        assert mqtt.reason
