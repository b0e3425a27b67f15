"""What the commands that talk MQTT share: their options, and a broker's settings out of them."""

from pathlib import Path
from typing import Annotated

import typer

from devices.mqtt import Broker, broker_at

BrokerUrl = Annotated[str, typer.Option("--broker", help="mqtt://[USER@]HOST[:PORT], mqtts:// for TLS.", metavar="URL")]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help="Its first line is the password of USER.", dir_okay=False)
]
LOCAL = "mqtt://127.0.0.1:1883"


def passing_broker(url: str, client_id: str, password_file: Path | None) -> Broker:
    """Settings of somebody who looks in and leaves: the broker keeps nothing for them. Raises ValueError."""
    return broker_at(url, client_id, password_file).model_copy(update={"session_seconds": 0})
