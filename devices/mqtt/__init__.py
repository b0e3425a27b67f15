"""Settings in; messages, answers and the state of one connection out. The only package that imports paho-mqtt."""

from devices.mqtt.client import Mqtt
from devices.mqtt.settings import Broker, broker_at
from devices.mqtt.troubles import Trouble
from devices.mqtt.values import (
    LOST,
    NO_EXTRAS,
    Extras,
    Message,
    NotConnected,
    Session,
    TooLarge,
    Will,
    WindowFull,
    accepted,
)

__all__ = [
    "LOST",
    "NO_EXTRAS",
    "Broker",
    "Extras",
    "Message",
    "Mqtt",
    "NotConnected",
    "Session",
    "TooLarge",
    "Trouble",
    "Will",
    "WindowFull",
    "accepted",
    "broker_at",
]
