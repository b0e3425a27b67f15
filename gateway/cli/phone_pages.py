"""`menshen pass phone`: the text of a phone's pass in, its HTML file out."""

import os
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from gateway.cli.phone_keys import newest_phone_secret
from gateway.cli.plainly import UNREADABLE, speaking_plainly, standard_input
from gateway.passes.phone_page import phone_page, phone_pass
from gateway.passes.text import PREFIX, is_ours


def write_phone_page(
    text: Annotated[str, typer.Argument(help="What `pass issue --phone` wrote; - reads it from standard input.")],
    keys_folder: Annotated[Path, typer.Option("--keys", envvar="MENSHEN_KEYS", help="Folder of `menshen keys init`.")],
    out: Annotated[Path, typer.Option(help="The HTML file, to be sent to the one phone it is for.")],
    label: Annotated[str, typer.Option(help="A line under the title: the compound's name, say.")] = "",
    timezone: Annotated[str, typer.Option(help="For the end that is shown.")] = "Asia/Shanghai",
) -> None:
    """Make a phone's page: one file, no network, a new code every 15 s. Nothing personal but what --label says."""
    from gateway.cli.cards import KIND_WORDS  # fpdf takes 0.25 s to load

    with speaking_plainly():
        given = (standard_input() if text == "-" else text).strip()
        gate_pass = phone_pass(given)
        if gate_pass is None:
            card = is_ours(given, PREFIX)
            said = "that is a pass for a card, and its code never changes: issue one with --phone" if card else None
            typer.echo(f"menshen: {said or 'that is no pass for a phone'}", err=True)
            raise typer.Exit(UNREADABLE)
        epoch, secret = newest_phone_secret(keys_folder)
        what = " ".join(filter(None, (*KIND_WORDS[gate_pass.claims.kind], label)))
        page = phone_page(gate_pass, epoch, secret, what, _zone(timezone))
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(page)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise ValueError(f"no such timezone: {name}") from exc
