"""`menshen window`: the code for the inside of each quarantine door, as lines or a PDF; another code for one."""

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gateway.cli.at_house import put_to_house, say
from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, plan_to_change, read_plan, registry_of
from gateway.compound import Flat, Places
from gateway.config.errors import first_words
from gateway.config.plan import Plan
from gateway.house.keys import secret_file
from gateway.journal.schema import JournalError
from gateway.registry.sealing import SealError
from gateway.registry.storage import BookUnreadable
from gateway.registry.window_answers import WINDOW_ANSWERS
from gateway.side_door import Request
from gateway.window_codes import BOOK, WindowCodes, renewed_in

app = typer.Typer(name="window", help="Services at quarantine doors.", no_args_is_help=True)

REFUSED = 3  # exit code
NO_ADDRESS = "say where phones reach the pages: [windows] address in menshen.toml, or --address"


@app.callback()
def window() -> None:
    """Services at quarantine doors."""


Address = Annotated[str, typer.Option(help="Of the pages, as a phone in a flat reaches it.")]
Pdf = Annotated[Path | None, typer.Option(help="A sheet to print and cut, six codes a page.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line: flat, path, url.")]
Font = Annotated[Path | None, typer.Option(help="A font with Chinese characters.")]


@app.command()
def codes(
    config: Annotated[Path, CONFIG_OPTION],
    flats: Annotated[
        list[str] | None, typer.Option("--flat", help="A flat's id; again for more. Left out: all.")
    ] = None,
    pdf: Pdf = None,
    address: Address = "",
    as_json: AsJson = False,
    font: Font = None,
) -> None:
    """The code for the inside of each door: whoever scans it asks for food, medicine, a swab ... for that flat.

    A code stays the same for as long as secrets/window.key does, or until it is renewed. Paste it inside, where only
    the household sees it.
    """
    with speaking_plainly():
        plan = plan_to_change(config)
        _tell(plan, _wanted(flats, Places(plan.site)), address, pdf, font, as_json=as_json)


@app.command()
def renew(
    flat: Annotated[str, typer.Argument(help="Building, unit and flat as people say it: 3-1-502; or its id.")],
    config: Annotated[Path, CONFIG_OPTION],
    by: Annotated[str, typer.Option("--by", help="Your staff id, for the record.")] = "console",
    pdf: Pdf = None,
    address: Address = "",
    as_json: AsJson = False,
    font: Font = None,
) -> None:
    """Another code for one flat, where the old one got about: what is pasted inside that door opens nothing any more.

    Works while the house runs and while it is closed, and is on record. Prints the new code, or writes its sheet
    (--pdf) to paste in place of the old one. Exits with 3 when refused.

    menshen window renew 3-1-502 --by d1 --pdf 502.pdf
    """
    with speaking_plainly():
        plan = read_plan(config)
        _address(plan, address)  # before the old one is void
        fields = {"flat": flat, "order": secrets.token_hex(16)}
        request = Request(do="renew_window", by=by, fields=fields)
        try:
            reply = put_to_house(plan, request, WINDOW_ANSWERS, lambda done, of: None)
        except (JournalError, msgspec.DecodeError) as exc:
            raise ValueError(str(exc)) from exc
        if reply.done:
            _tell(plan, _wanted([str(reply.told["flat"])], Places(plan.site)), address, pdf, font, as_json=as_json)
    if not reply.done:
        say(reply)
        raise typer.Exit(REFUSED)


def _address(plan: Plan, address: str) -> str:
    found = (address or plan.config.windows.address).rstrip("/")
    if not found:
        raise ValueError(NO_ADDRESS)
    return found


def _tell(
    plan: Plan, flats: Sequence[Flat], address: str, pdf: Path | None, font: Path | None, *, as_json: bool
) -> None:
    """The codes of these flats, as they are now."""
    address = _address(plan, address)
    renewed = asyncio.run(_renewed(plan))
    key = WindowCodes(secret_file(plan.config.gateway.data / "secrets" / "window.key"), lambda: renewed)
    urls = [(flat, f"{address}/door/{key.code_of(flat.id)}") for flat in flats]
    if pdf is not None:
        from gateway.papers.window_sheet import window_sheet  # fpdf takes 0.25 s to load

        made, chinese = window_sheet([(flat.path, url) for flat, url in urls], plan.config.windows.call, font)
        pdf.write_bytes(made)
        if not chinese:
            typer.echo("menshen: no font with Chinese characters (fonts-noto-cjk); the sheet is in English", err=True)
        return
    for flat, url in urls:
        line = {"flat": flat.id, "path": flat.path, "url": url}
        typer.echo(json.dumps(line, ensure_ascii=False) if as_json else f"{flat.id}  {url}")


async def _renewed(plan: Plan) -> Mapping[str, str]:
    """Read beside a running house; where none was ever renewed, nothing is opened or made."""
    if not (plan.config.gateway.data / "registry" / f"{BOOK}.json").exists():
        return {}
    async with registry_of(plan) as registry:
        try:
            registry.book(BOOK)
        except (BookUnreadable, SealError) as exc:
            raise ValueError(str(exc)) from exc
        return renewed_in(registry)


def _wanted(asked: Sequence[str] | None, places: Places) -> list[Flat]:
    for flat in asked or ():
        if flat not in places.flats:
            raise ValueError(f"no flat {flat!r} in this configuration; {first_words(flat, places.flats)}")
    return [places.flats[flat] for flat in asked] if asked else list(places.flats.values())
