"""`menshen registry`: the list of households (名册) in and out, whether the house is running or closed."""

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from gateway.cli.at_house import put_to_house, say
from gateway.cli.plainly import speaking_plainly
from gateway.cli.plan import CONFIG_OPTION, read_plan
from gateway.journal.schema import JournalError
from gateway.registry.roll_answers import ROLL_ANSWERS
from gateway.registry.roll_files import csv_of, xlsx_of
from gateway.side_door import Reply, Request
from gateway.words.language import Lang

app = typer.Typer(
    name="registry",
    help="The households: flats, people, care marks, volunteers, heads of stairwells; in and out as CSV or XLSX.",
    no_args_is_help=True,
)

WRONG = 1  # exit code: the list is wrong, or was refused
LANG = typer.Option(help="Language of columns and words.")
BY = typer.Option("--by", help="Your staff id, for the record.")


@app.command("import")
def import_(
    config: Annotated[Path, CONFIG_OPTION],
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or GB18030) or XLSX; columns as in `registry template`.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would change, and what is wrong.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    by: Annotated[str, BY] = "console",
    lang: Annotated[Lang, LANG] = Lang.ZH,
) -> None:
    """Take in a list. A flat it names is afterwards as it says; the others stay. With a wrong row nothing is taken in.

    Exits with 0 when taken in (or when it would be), 1 when rows are wrong: each is named with row, column and what is
    wrong. Somebody of the same name and phone in the same flat keeps their pseudonym.
    """
    with speaking_plainly():
        plan = read_plan(config)
        request = Request(do="import", by=by, lang=lang, dry_run=dry_run, data=file.read_bytes())
        with _bar() as bar:
            task = bar.add_task("名册 / households", total=None)
            try:
                reply = put_to_house(
                    plan, request, ROLL_ANSWERS, lambda done, of: bar.update(task, completed=done, total=of)
                )
            except (JournalError, msgspec.DecodeError) as exc:
                raise ValueError(str(exc)) from exc
    _end(reply, as_json)


@app.command()
def export(
    config: Annotated[Path, CONFIG_OPTION],
    out: Annotated[Path, typer.Option(help="File.csv or file.xlsx, readable by you alone.")],
    by: Annotated[str, BY] = "console",
    lang: Annotated[Lang, LANG] = Lang.ZH,
) -> None:
    """Write the whole registry, names and phone numbers in plain. That you did is on record."""
    with speaking_plainly():
        plan = read_plan(config)
        kind = "xlsx" if out.suffix.lower() == ".xlsx" else "csv"
        try:
            request = Request(do="export", by=by, lang=lang, fields={"format": kind})
            reply = put_to_house(plan, request, ROLL_ANSWERS, lambda done, of: None)
        except (JournalError, msgspec.DecodeError) as exc:
            raise ValueError(str(exc)) from exc
        if reply.done:
            _write(out, reply.data)
            typer.echo(f"{reply.told['flats']} flats, {reply.told['rows']} rows: {out}")
    if not reply.done:
        say(reply)
        raise typer.Exit(WRONG)


@app.command()
def template(
    out: Annotated[Path, typer.Option(help="File.csv or file.xlsx.")],
    lang: Annotated[Lang, LANG] = Lang.ZH,
) -> None:
    """Write an empty list with the names of its columns."""
    with speaking_plainly():
        write = xlsx_of if out.suffix.lower() == ".xlsx" else csv_of
        out.write_bytes(write((), lang))
        typer.echo(str(out))


def _write(out: Path, data: bytes) -> None:
    """Names and telephone numbers: for nobody's eyes but the caller's."""
    out.touch(mode=0o600)
    out.chmod(0o600)
    out.write_bytes(data)


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _end(reply: Reply, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"done": reply.done, **reply.told, "lines": reply.lines}, ensure_ascii=False))
    else:
        say(reply)
    if not reply.done:
        raise typer.Exit(WRONG)
