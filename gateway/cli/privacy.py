"""`menshen privacy`: what is kept of people, who looked at it, what was deleted; the house open or closed."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import typer
from msgspec import to_builtins

from gateway.cli.at_house import put_to_house, say
from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, read_plan
from gateway.cli.privacy_kept import kept_in, registered_in
from gateway.config.retention import retention_of
from gateway.events.retention import ContentsDeleted
from gateway.journal.looks import newest
from gateway.journal.reader import Reader
from gateway.journal.schema import JournalError
from gateway.orders.every import FlatLookedUp
from gateway.orders.staff import DataLookedAt
from gateway.papers.receipt import lines_of, receipt_pdf
from gateway.privacy_answers import PRIVACY_ANSWERS
from gateway.side_door import Request
from gateway.words.language import Lang

app = typer.Typer(name="privacy", help="What is kept of people, who looked, and deleting.", no_args_is_help=True)

REFUSED = 3  # exit code
AS_JSON = typer.Option("--json", help="One JSON object.")
BY = typer.Option("--by", help="Your staff id, for the record.")
HOUR = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@app.callback()
def privacy() -> None:
    """What is kept of people, who looked at it, and deleting it."""


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

    One record stands for ten minutes of the same viewer, page and flat. Contents go after retention.looks_days.
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


@app.command()
def report(config: Annotated[Path, CONFIG_OPTION], as_json: Annotated[bool, AS_JSON] = False) -> None:
    """What is kept: how many contents for which reason, since when, and when the oldest goes. Only reads."""
    with speaking_plainly():
        plan = read_plan(config)
        data = plan.config.gateway.data
        retention = retention_of(plan.config.retention, plan.config.journal.keep_days)
        path = data / "journal.db"
        kept = kept_in(path, retention) if path.exists() else []
        homes, people = registered_in(data / "registry")
    if as_json:
        registry = {"households": homes, "people": people, "until": "taken out of the registry, or erased"}
        typer.echo(json.dumps({"journal": to_builtins(kept), "registry": registry}, ensure_ascii=False))
        return
    typer.echo(f"registry\t{homes} households, {people} people\tuntil taken out, or erased")
    for each in kept:
        when = f"{each.oldest.astimezone():%Y-%m-%d}" if each.oldest else "-"
        goes = f"{each.goes.astimezone():%Y-%m-%d}" if each.goes else "-"
        later = " after the release" if each.after_release else ""
        times = f"oldest {when}\tgoes {goes}\t{each.days} days{later}"
        typer.echo(f"{each.keeping}\t{each.count}\t{times}\t{each.why_zh} / {each.why_en}")


@app.command()
def purge(
    config: Annotated[Path, CONFIG_OPTION],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much is due.")] = False,
    by: Annotated[str, BY] = "console",
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Delete now what is due; the house does so by itself once a day. A running house is asked to, a closed one opened.

    What the centre has not confirmed waits. Each deletion has a receipt: `menshen privacy receipt ID`.
    """
    _put(config, Request(do="purge", by=by, dry_run=dry_run), as_json)


@app.command()
def erase(
    config: Annotated[Path, CONFIG_OPTION],
    subject: Annotated[str, typer.Argument(help="The pseudonym, 16 hex digits, as the household's page shows it.")],
    reason: Annotated[str, typer.Option(help="Why; no names.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: Annotated[str, BY] = "console",
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Erase a person: name, phone and care at once, passes withdrawn, contents as soon as the centre has them.

    Exits with 3 where it is refused: a quarantine that goes on has a legal ground and stays until its end.
    It cannot be undone, and a restored backup forgets again.
    """
    if not yes:
        typer.confirm(f"erase {subject}? this cannot be undone", abort=True, err=True)
    _put(config, Request(do="erase", by=by, fields={"subject": subject, "reason": reason}), as_json)


@app.command()
def receipt(
    config: Annotated[Path, CONFIG_OPTION],
    id_: Annotated[str, typer.Argument(metavar="[ID]", help="Its id; all are listed if left out.")] = "",
    pdf: Annotated[Path | None, typer.Option(help="Write one page to this file.")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the page.")] = Lang.ZH,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Show a receipt of a deletion, and whether the leaves that stayed in the journal fit it. Exits with 3 if not."""
    with speaking_plainly():
        plan = read_plan(config)
        path = plan.config.gateway.data / "journal.db"
        if not path.exists():
            raise ValueError(f"no journal at {path}")
        all_of_them = newest(path, (ContentsDeleted.__name__,), 100_000)
        found = [each for each in all_of_them if isinstance(each, ContentsDeleted) and id_ in ("", each.id)]
        if id_ and not found:
            raise ValueError(f"no receipt {id_}")
        zone = ZoneInfo(plan.config.compounds[0].timezone)
        for each in found:
            fits = _fits(path, each) if id_ else None
            if as_json:
                told = to_builtins(each) | ({} if fits is None else {"fits": fits})
                typer.echo(json.dumps(told, ensure_ascii=False))
            elif id_:
                typer.echo("\n".join(lines_of(each, plan.config.gateway.id, zone, lang)))
                typer.echo(
                    "the journal's leaves fit it" if fits else "THE JOURNAL'S LEAVES DO NOT FIT IT", err=not fits
                )
            else:
                typer.echo(f"{each.id}\t{each.at.astimezone(zone):%Y-%m-%d %H:%M}\t{each.reason}\t{each.count}")
        if pdf is not None and id_:
            pdf.write_bytes(receipt_pdf(found[0], plan.config.gateway.id, zone, lang))
            typer.echo(str(pdf), err=True)
    if id_ and not fits:
        raise typer.Exit(REFUSED)


def _fits(path: Path, told: ContentsDeleted) -> bool:
    """Do the leaves that stayed give the digest? Not any more once a full disk has taken leaves as well."""
    with Reader(path) as reader:
        return reader.digest_of(told.id, told.first, told.last) == told.digest


def _put(config: Path, request: Request, as_json: bool) -> None:
    with speaking_plainly():
        plan = read_plan(config)
        try:
            reply = put_to_house(plan, request, PRIVACY_ANSWERS, lambda done, of: None)
        except (JournalError, msgspec.DecodeError) as exc:
            raise ValueError(str(exc)) from exc
    if as_json:
        typer.echo(json.dumps({"done": reply.done, **reply.told, "lines": reply.lines}, ensure_ascii=False))
    else:
        say(reply)
    if not reply.done:
        raise typer.Exit(REFUSED)
