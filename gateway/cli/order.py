"""`menshen order`: an order to a gateway as the centre would give it, and its result."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec.structs import replace

from devices.mqtt import Mqtt
from gateway.centre.letter import UNREADABLE
from gateway.centre.orders import RESULTS, Orders
from gateway.cli.broker import LOCAL, BrokerUrl, PasswordFile, passing_broker
from gateway.cli.plainly import speaking_plainly
from gateway.messages.every import ROOT, OpenMessage, OrderMessage, OrderResultMessage

app = typer.Typer(name="order", help="Give a gateway an order over MQTT.", no_args_is_help=True)

REFUSED, NO_ANSWER = 3, 5  # exit codes

AlertId = Annotated[str, typer.Argument(help="Id of the alert, as `menshen watch` shows it.")]
Gateway = Annotated[str, typer.Option("--gw", help="Its gateway; looked up among the open alerts if left out.")]
Comment = Annotated[str, typer.Option(help="What the others should know.")]
Wait = Annotated[float, typer.Option(help="Seconds to wait for the result.", min=0.1)]
AsJson = Annotated[bool, typer.Option("--json", help="The result as one line of JSON.")]

_open = msgspec.json.Decoder(OpenMessage)


@app.callback()
def order() -> None:
    """Give a gateway an order over MQTT."""


@app.command()
def acknowledge(
    alert: AlertId,
    by: Annotated[str, typer.Option("--by", help="Who takes it.", metavar="NAME")],
    gw: Gateway = "",
    comment: Comment = "",
    wait: Wait = 30.0,
    broker: BrokerUrl = LOCAL,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Take an alert, by name. Exits with 0 when done, 3 when refused, 5 when nobody answered."""
    message = OrderMessage(order="acknowledge", by=by, alert=alert, comment=comment)
    _order(message, gw, wait, broker, password_file, f"{alert} is taken by {by}", as_json=as_json)


@app.command()
def remind(
    alert: AlertId,
    by: Annotated[str, typer.Option("--by", help="Who reminds them.", metavar="NAME")],
    gw: Gateway = "",
    comment: Comment = "",
    wait: Wait = 30.0,
    broker: BrokerUrl = LOCAL,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Let an open alert ring again at its gateway. It says there who reminded and when, and how often by now.

    Meant for what nobody sees to: a covered camera, a lane with nobody at it. Each reminder is a revision of the alert,
    which also tells in the end who put it right and how long it took. Exits with 0 when done, 3 when refused (no
    such open alert: it was put right meanwhile), 5 when nobody answered.
    """
    message = OrderMessage(order="remind", by=by, alert=alert, comment=comment)
    _order(message, gw, wait, broker, password_file, f"{alert} rings again", as_json=as_json)


def _order(
    message: OrderMessage,
    gw: str,
    wait: float,
    broker: str,
    password_file: Path | None,
    done: str,
    *,
    as_json: bool,
) -> None:
    """Give it, wait for its result, say what came of it in `done` words, and exit with that."""
    with speaking_plainly():
        settings = passing_broker(broker, f"menshen-order-{secrets.token_hex(4)}", password_file)
    message = replace(message, expires_at=datetime.now(UTC) + timedelta(seconds=wait))
    mqtt = Mqtt(settings, subscribe=[RESULTS, f"{ROOT}/+/open"])
    try:
        result = asyncio.run(_give(mqtt, gw, message, wait))
    except NoAnswer as nobody:
        typer.echo(f"menshen: no answer within {wait:g} s: {nobody}", err=True)
        raise typer.Exit(NO_ANSWER) from None
    if as_json:
        typer.echo(msgspec.json.encode(result).decode())
    else:
        typer.echo(f"done: {done}" if result.done else f"refused: {result.why}")
    if not result.done:
        raise typer.Exit(REFUSED)


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
