"""`menshen contract`: the types of gateway/messages/every.py in, the uplink contract as AsyncAPI 3 with JSON Schema
out."""

import json
from inspect import cleandoc
from typing import Any

import msgspec
import typer

from gateway.messages import every as messages

CHANNELS = {
    "alert": (messages.AlertMessage, "send", "the life of alerts, stream alert, QoS 1"),
    "report": (
        messages.DecisionMessage
        | messages.ServiceMessage
        | messages.TaskMessage
        | messages.RoundMessage
        | messages.StayChangedMessage
        | messages.NoteMessage
        | messages.ArrivalMessage
        | messages.StayMessage
        | messages.TombstoneMessage,
        "send",
        "what the centre asked to have besides, stream report, QoS 1",
    ),
    "open": (messages.OpenMessage, "send", "the alerts open now, QoS 1, retained"),
    "state": (messages.StateMessage, "send", "birth and last will, QoS 1, retained"),
    "health": (messages.HealthMessage, "send", "liveness of each sensing path, QoS 0"),
    "order/{id}/result": (messages.OrderResultMessage, "send", "what came of an order, QoS 1"),
    "ack": (messages.AckMessage, "receive", "what the centre has committed, QoS 1"),
    "order/{id}": (messages.OrderMessage, "receive", "an order, QoS 1, repeated until its result or expiry"),
}


def contract() -> None:
    """Print the uplink contract (AsyncAPI 3.0, JSON)."""
    typer.echo(json.dumps(asyncapi(), ensure_ascii=False, indent=2))


def asyncapi() -> dict[str, object]:
    """The AsyncAPI document."""
    channels: dict[str, object] = {}
    operations: dict[str, object] = {}
    kinds = [kind for kind, _, _ in CHANNELS.values()]
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    for (leaf, (_, action, about)), schema in zip(CHANNELS.items(), schemas, strict=True):
        name = leaf.replace("/", "_").replace("{id}", "one")
        parameters = {"gw": {"description": "the gateway's id"}}
        if "{id}" in leaf:
            parameters["id"] = {"description": "the order's id, at most 64 letters, digits and . _ : -"}
        channels[name] = {
            "address": f"{messages.ROOT}/{{gw}}/{leaf}",
            "description": about,
            "parameters": parameters,
            "messages": {name: {"contentType": "application/json", "payload": schema}},
        }
        operations[f"{action}_{name}"] = {"action": action, "channel": {"$ref": f"#/channels/{name}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Menshen uplink", "version": "1", "description": "Seen from the gateway."},
        "channels": channels,
        "operations": operations,
        "components": {"schemas": _tidy(components)},
    }


def _tidy(schema: Any) -> Any:
    """Descriptions without the indentation of the source, which Python 3.13 takes away by itself and 3.11 does not."""
    match schema:
        case dict():
            return {
                key: cleandoc(value) if key == "description" and isinstance(value, str) else _tidy(value)
                for key, value in schema.items()
            }
        case list():
            return [_tidy(item) for item in schema]
        case _:
            return schema
