"""`menshen order`: an order to a gateway as the centre would give it, and its result."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
import typer

from devices.mqtt import Mqtt
from gateway.centre.letter import UNREADABLE
from gateway.centre.orders import RESULTS, Orders
from gateway.cli.broker import LOCAL, BrokerUrl, PasswordFile, passing_broker
from gateway.cli.plainly import speaking_plainly
from gateway.messages import ROOT, OpenMessage, OrderMessage, OrderResultMessage

app = typer.Typer(name="order", help="Give a gateway an order over MQTT.", no_args_is_help=True)

REFUSED, NO_ANSWER = 3, 5  # exit codes

_open = msgspec.json.Decoder(OpenMessage)


@app.callback()
def order() -> None:
    """Give a gateway an order over MQTT."""


@app.command()
def acknowledge(
    alert: Annotated[str, typer.Argument(help="Id of the alert, as `menshen watch` shows it.")],
    by: Annotated[str, typer.Option("--by", help="Who takes it.", metavar="NAME")],
    gw: Annotated[str, typer.Option("--gw", help="Its gateway; looked up among the open alerts if left out.")] = "",
    comment: Annotated[str, typer.Option(help="What the others should know.")] = "",
    wait: Annotated[float, typer.Option(help="Seconds to wait for the result.", min=0.1)] = 30.0,
    broker: BrokerUrl = LOCAL,
    password_file: PasswordFile = None,
) -> None:
    """Take an alert, by name. Exits with 0 when done, 3 when refused, 5 when nobody answered."""
    with speaking_plainly():
        settings = passing_broker(broker, f"menshen-order-{secrets.token_hex(4)}", password_file)
    message = OrderMessage(
        order="acknowledge",
        by=by,
        alert=alert,
        comment=comment,
        expires_at=datetime.now(UTC) + timedelta(seconds=wait),
    )
    mqtt = Mqtt(settings, subscribe=[RESULTS, f"{ROOT}/+/open"])
    try:
        result = asyncio.run(_give(mqtt, gw, message, wait))
    except NoAnswer as nobody:
        typer.echo(f"menshen: no answer within {wait:g} s: {nobody}", err=True)
        raise typer.Exit(NO_ANSWER) from None
    if not result.done:
        typer.echo(f"refused: {result.why}")
        raise typer.Exit(REFUSED)
    typer.echo(f"done: {alert} is taken by {by}")


class NoAnswer(Exception):
    """Why there was none, as far as it is known here."""


async def _give(mqtt: Mqtt, gw: str, message: OrderMessage, seconds: float) -> OrderResultMessage:
    """Raises NoAnswer."""
    async with mqtt:
        try:
            async with asyncio.timeout(seconds):
                gw = gw or await _gateway_of(mqtt, message.alert)
                return await _result(mqtt, gw, message, seconds)
        except TimeoutError as error:
            silent = f"gateway {gw} is silent" if gw else "no gateway has that alert open; name it by --gw"
            raise NoAnswer(mqtt.reason or silent) from error


async def _result(mqtt: Mqtt, gw: str, message: OrderMessage, seconds: float) -> OrderResultMessage:
    orders = Orders(mqtt)

    async def listen() -> None:
        async for heard in mqtt.messages():
            orders.take(heard)

    listening = asyncio.create_task(listen(), name="order results")
    try:
        return await orders.send(gw, secrets.token_hex(8), message, seconds)
    finally:
        listening.cancel()


async def _gateway_of(mqtt: Mqtt, alert: str) -> str:
    """The gateway whose retained `open` names the alert."""
    async for message in mqtt.messages():
        try:
            snapshot = _open.decode(message.payload)
        except UNREADABLE:
            continue
        if any(line.alert == alert for line in snapshot.alerts):
            return snapshot.gw
    raise AssertionError("messages() does not end")
