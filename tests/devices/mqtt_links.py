"""Links to a broker of the tests, impatient ones."""

import asyncio
from pathlib import Path

from devices.mqtt import Broker, Mqtt
from tests.mosquitto import Mosquitto

PATIENCE = 60.0  # how long a test waits for what must come; nothing depends on how long it takes


def settings(broker: Mosquitto, client_id: str, **more: object) -> Broker:
    quick = {"retry_floor_seconds": 0.05, "retry_ceiling_seconds": 0.2, "answer_seconds": 5.0}
    return Broker.model_validate({"port": broker.port, "client_id": client_id, **quick, **more})


def readable(file: Path, text: str) -> Path:
    file.parent.chmod(0o755)  # mosquitto may be another user
    file.write_text(text)
    file.chmod(0o644)
    return file


async def until_reason(mqtt: Mqtt, wanted: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while wanted not in mqtt.reason:  # noqa: ASYNC110 - a look now and then, with no event to wait for
            await asyncio.sleep(0.02)  # between two looks
