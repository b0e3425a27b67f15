"""`menshen window codes`: the code for the inside of each quarantine door, as lines or as a PDF to print."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, read_plan
from gateway.compound import Flat, Places
from gateway.house.keys import secret_file
from gateway.window_codes import WindowCodes

app = typer.Typer(name="window", help="Services at quarantine doors.", no_args_is_help=True)

NO_ADDRESS = "say where phones reach the pages: [windows] address in menshen.toml, or --address"


@app.callback()
def window() -> None:
    """Services at quarantine doors."""


@app.command()
def codes(
    config: Annotated[Path, CONFIG_OPTION],
    flats: Annotated[
        list[str] | None, typer.Option("--flat", help="A flat's id; again for more. Left out: all.")
    ] = None,
    pdf: Annotated[Path | None, typer.Option(help="A sheet to print and cut, six codes a page.")] = None,
    address: Annotated[str, typer.Option(help="Of the pages, as a phone in a flat reaches it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line: flat, path, url.")] = False,
    font: Annotated[Path | None, typer.Option(help="A font with Chinese characters.")] = None,
) -> None:
    """The code for the inside of each door: whoever scans it asks for food, medicine, a swab ... for that flat.

    A code stays the same for as long as secrets/window.key does. Paste it inside, where only the household sees it.
    """
    with speaking_plainly():
        plan = read_plan(config)
        places = Places(plan.site)
        address = (address or plan.config.windows.address).rstrip("/")
        if not address:
            raise ValueError(NO_ADDRESS)
        wanted = _wanted(flats, places)
        key = WindowCodes(secret_file(plan.config.gateway.data / "secrets" / "window.key"))
        urls = [(flat, f"{address}/door/{key.code_of(flat.id)}") for flat in wanted]
        if pdf is not None:
            from gateway.cli.window_sheet import write_sheet  # fpdf takes 0.25 s to load

            if not write_sheet([(flat.path, url) for flat, url in urls], pdf, plan.config.windows.call, font):
                typer.echo(
                    "menshen: no font with Chinese characters (fonts-noto-cjk); the sheet is in English", err=True
                )
            return
        for flat, url in urls:
            line = {"flat": flat.id, "path": flat.path, "url": url}
            typer.echo(json.dumps(line, ensure_ascii=False) if as_json else f"{flat.id}  {url}")


def _wanted(asked: Sequence[str] | None, places: Places) -> list[Flat]:
    for flat in asked or ():
        if flat not in places.flats:
            raise ValueError(f"no flat {flat!r} in this configuration")
    return [places.flats[flat] for flat in asked] if asked else list(places.flats.values())
