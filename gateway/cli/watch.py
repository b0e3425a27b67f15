"""`menshen watch`: alerts live in a terminal, or as lines of JSON. Reads the retained `open` lists, then the stream."""

import asyncio
import os
import secrets
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from devices.mqtt import Message, Mqtt
from gateway.cli.broker import LOCAL, BrokerUrl, PasswordFile, passing_broker
from gateway.cli.plainly import speaking_plainly
from gateway.cli.watched import Watched
from gateway.messages.every import ROOT
from gateway.words.language import Lang

FILTERS = (f"{ROOT}/+/open", f"{ROOT}/+/alert")


def watch(
    broker: BrokerUrl = LOCAL,
    password_file: PasswordFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for other programs.")] = False,
    lang: Annotated[Lang, typer.Option(help="Language of the words.")] = Lang.ZH,
) -> None:
    """Show alerts live, the worst first. In a pipe each change is one line. Ends with Ctrl-C."""
    with speaking_plainly():
        settings = passing_broker(broker, f"menshen-watch-{secrets.token_hex(4)}", password_file)
    mqtt = Mqtt(settings, subscribe=FILTERS)
    # rich itself keeps to NO_COLOR, TERM=dumb and the width of the terminal
    console = Console(highlight=False)
    watched = Watched(lang)
    try:
        if as_json or not console.is_terminal:
            asyncio.run(_lines(mqtt, watched, as_json=as_json))
        else:
            asyncio.run(_table(mqtt, watched, console))
    except KeyboardInterrupt:
        raise typer.Exit from None
    except BrokenPipeError:  # `| head` has seen enough; Python would complain when it flushes at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def _lines(mqtt: Mqtt, watched: Watched, *, as_json: bool) -> None:
    """Every change that says something new, once."""
    async with mqtt:
        reporting = asyncio.create_task(_report_trouble(mqtt), name="watch trouble")
        try:
            async for message in mqtt.messages():
                for alert in watched.take(*_addressed(message)):
                    sys.stdout.write((alert.as_json() if as_json else watched.line(alert)) + "\n")
                    sys.stdout.flush()
        finally:
            reporting.cancel()


async def _table(mqtt: Mqtt, watched: Watched, console: Console) -> None:
    async with mqtt:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                live.update(watched.table(datetime.now(UTC), mqtt.reason), refresh=True)
                try:
                    async with asyncio.timeout(1.0):  # "since" counts on
                        messages = await mqtt.take()
                except TimeoutError:
                    continue
                for message in messages:
                    watched.take(*_addressed(message))
                    mqtt.ack(message)


async def _report_trouble(mqtt: Mqtt) -> None:
    """Why nothing comes, on stderr, each reason once."""
    told = mqtt.reason
    while True:
        if mqtt.session is None and mqtt.reason != told:
            told = mqtt.reason
            sys.stderr.write(f"menshen: {mqtt.broker.name}: {told}\n")
        await asyncio.sleep(0.5)


def _addressed(message: Message) -> tuple[str, str, bytes]:
    _, gw, leaf = message.topic.rsplit("/", 2)
    return gw, leaf, message.payload
