"""`menshen privacy`: who looked at people's data. Reads the journal while the house runs or is closed."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, read_plan
from gateway.journal_looks import newest
from gateway.orders import FlatLookedUp
from gateway.orders_staff import DataLookedAt

app = typer.Typer(name="privacy", help="Who looked at people's data.", no_args_is_help=True)

HOUR = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@app.callback()
def privacy() -> None:
    """Who looked at people's data."""


@app.command()
def looks(
    config: Annotated[Path, CONFIG_OPTION],
    by: Annotated[str, typer.Option(help="Only looks of this staff id.")] = "",
    about: Annotated[str, typer.Option(help="Only looks at this flat, building or pseudonym.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=HOUR, help="Only from this local hour on.")] = None,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest first.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Each look at a page with people's data: hour, staff id, page, flat or pseudonym; the newest first.

    One record stands for ten minutes of the same viewer, page and flat. Contents go after journal.keep_days.
    """
    with speaking_plainly():
        path = read_plan(config).config.gateway.data / "journal.db"
        if not path.exists():
            raise ValueError(f"no journal at {path}")
        found = newest(path, (DataLookedAt.__name__, FlatLookedUp.__name__), 100_000)
    shown = 0
    for body in found:
        if not isinstance(body, DataLookedAt | FlatLookedUp) or shown >= most:
            continue
        what, whom = ("/guard/flat", body.flat) if isinstance(body, FlatLookedUp) else (body.what, body.about)
        if (by and body.by != by) or (about and whom != about) or (since and body.at < since.astimezone()):
            continue
        shown += 1
        if as_json:
            typer.echo(json.dumps({"at": body.at.isoformat(), "by": body.by, "what": what, "about": whom}))
        else:
            typer.echo(f"{body.at.astimezone():%Y-%m-%d %H:%M:%S}\t{body.by}\t{what}\t{whom}")
